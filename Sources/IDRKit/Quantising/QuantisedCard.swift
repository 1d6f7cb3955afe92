import IDRFiles
import IDRPlan

/// What a person should know of a quantised network: Markdown, without time and machine.
struct QuantisedCard {
    let file: ContentFile
    let origin: ContentFile
    let agreements: [NetworkQuantising.Agreement]

    var text: String {
        let rows = agreements.map { set in
            let use = set.isCalibration ? "calibrated on" : "compared only"
            return "| \(set.name) | \(use) | \(set.images) | \(set.nuclei) | \(PeopleText.decimal(set.f1, 4)) | \(PeopleText.decimal(set.worst, 4)) |"
        }
        return """
            # \(file.name): a Cellpose network in 8-bit whole numbers

            | | |
            | --- | --- |
            | file | `\(file.name)`, \(file.bytes) bytes, SHA-256 \(file.sha256) |
            | made from | `\(origin.name)`, SHA-256 \(origin.sha256): its training data, limits and licence hold for this file too |
            | numbers | weights -63 to 63 with a scale for each output channel, results 0 to 255 with a scale for each step; sums of products fit 16 and 32 bits on every x86-64 processor, so that all find the same nuclei |
            | used by | `.segment(precision: .int8)` |

            ## Agreement with the network of floats
            Nuclei of both networks with the same diameter; F1 of those that overlap by more than half of what they cover together.

            | images | use | number | nuclei | mean F1 | lowest |
            | --- | --- | --- | --- | --- | --- |
            \(rows.joined(separator: "\n"))

            """
    }
}
