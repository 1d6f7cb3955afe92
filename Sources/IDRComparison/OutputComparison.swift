import IDRPlan
import IDRRecord

/// Compares what two records say of a batch's files.
struct OutputComparison {
    private(set) var isSameBytes = true
    private(set) var isSameContent = true
    /// Why the bytes, and why the content, are not the same.
    private(set) var otherBytes: [String] = []
    private(set) var otherContent: [String] = []
    private(set) var notes: [String] = []

    /// - Parameter sameStages: whether frames, labels and locations of all images have the same digests: what kept images hold.
    init(_ record: BatchRecord, _ rerun: BatchRecord, sameStages: Bool) {
        let table = RecordLayout.batch(record.batch) + "."
        let (own, others) = (Self.byName(record), Self.byName(rerun))
        // What only one of them was told to keep is no difference of the batch.
        let mayLack = record.kept != rerun.kept
        var unpaired = 0
        for name in Set(own.keys).union(others.keys).sorted() {
            guard let output = own[name], let other = others[name] else {
                if mayLack && !name.hasPrefix(table) {
                    unpaired += 1
                } else {
                    differ("\(name) is \(own[name] == nil ? "in the rerun" : "in the record") only")
                    addOtherContent(name)
                }
                continue
            }
            if output.file.sha256 == other.file.sha256 { continue }
            differ("\(name) has other bytes")
            let isSame = output.contentSHA256.map { $0 == other.contentSHA256 } ?? (sameStages && !name.hasPrefix(table))
            if !isSame { addOtherContent(name) }
        }
        if unpaired > 0 { notes.append("\(unpaired) files were kept by one of the two only (--keep) and are not compared") }
        if !own.keys.contains(where: { $0.hasPrefix(table) }) {
            differ("the record names no tables")
            addOtherContent("the tables")
        }
    }

    private mutating func differ(_ reason: String) {
        isSameBytes = false
        otherBytes.append(reason)
    }

    private mutating func addOtherContent(_ name: String) {
        isSameContent = false
        otherContent.append(name)
    }

    private static func byName(_ record: BatchRecord) -> [String: OutputRecord] {
        Dictionary(record.outputs.map { ($0.name, $0) }) { first, _ in first }
    }
}
