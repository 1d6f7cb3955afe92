/// Tables in the form of the study's, made up.
package enum StudyTables {
    /// MitoCheck's annotation has 196,608 rows (512 plates of 384 wells) under 143 columns, of which the published run took 6,743 wells:
    /// 3,853 negative and 2,890 positive controls. This one has the same sizes and all that the published rule leaves out.
    package struct MitoCheck: Sendable {
        package let csv: [UInt8]
        package let plates: [UInt8]
        /// `plate/well` of the wells that the published rule takes, in the table's order.
        package let controls: [String]

        /// - Parameter columns: the study's 143 names.
        package init(columns: [String]) {
            let order = ["Plate", "Well", "Well Number", "Control Type", "Plate Issues", "Quality Control", "Original Gene Target"]
            let positions = order.map { columns.firstIndex(of: $0) ?? 0 }
            var (csv, plates, controls) = (columns.joined(separator: ",") + "\n", "", [String]())
            csv.reserveCapacity(40_000_000)
            var (negative, positive) = (0, 0)
            for plate in 0..<512 {
                let name = "LT\(String(10_000 + plate / 2).dropFirst())_0\(plate % 2 + 1)"
                let isMissing = plate % 37 == 5
                plates += "\(name)\t../screens/\(name)--ex2005.screen\n"
                for well in 0..<384 {
                    let row = Character(UnicodeScalar(UInt8(65 + well / 24)))
                    let wellName = "\(row)\(well % 24 + 1)"
                    var control = ""
                    switch well % 24 {
                    case 0: control = well == 0 ? "negative control" : ""
                    case 2 where !isMissing && negative < 3853: (control, negative) = ("negative control", negative + 1)
                    case 3 where !isMissing && positive < 2890 && well > 24 * 4: (control, positive) = ("Positive control", positive + 1)
                    case 5: control = "empty well"
                    default: control = isMissing && well % 24 == 7 ? "negative control" : ""
                    }
                    let values = [name, wellName, "\(well + 1)", control, isMissing ? "plate missing" : "", well % 5 == 0 ? "fail" : "pass", ""]
                    var fields = [String](repeating: "", count: columns.count)
                    for (position, value) in zip(positions, values) { fields[position] = value }
                    csv += fields.joined(separator: ",") + "\n"
                    if well > 0, !isMissing, control.lowercased().hasSuffix("control") { controls.append("\(name)/\(wellName)") }
                }
            }
            self.csv = Array(csv.utf8)
            self.plates = Array(plates.utf8)
            self.controls = controls
        }
    }
}
