import Foundation
import IDRFiles
import IDRPlan
import IDRScreens

/// What is right of a screen, a row of EXPECTED.tsv. README.md has the vocabulary.
struct Expectation {
    struct Check {
        let name: String
        let got: String
        let expected: String
        let isRight: Bool
    }

    /// By column; "-" is not judged.
    private let values: [String: String]

    /// By the screen's name in lower case.
    static func all(in path: String) throws(IDRError) -> [String: Expectation] {
        guard let bytes = try FileBytes.read(path, limit: 1 << 26) else {
            throw IDRError(
                .missing, "there is no file \(path)", because: "it says what is right", fix: "name one: make screens STUDIES=... EXPECTED=...")
        }
        let table = try CSVTable(bytes, called: path, separator: UInt8(ascii: "\t"))
        try table.require(["screen"])
        var all: [String: Expectation] = [:]
        for row in 0..<table.count {
            let values = Dictionary(zip(table.columns, table.row(row).map(\.trimmed))) { first, _ in first }
            if let screen = values["screen"], !screen.isEmpty { all[screen.lowercased()] = Expectation(values: values) }
        }
        return all
    }

    /// Every value that is judged.
    func checks(_ found: ScreenJudgement) -> [Check] {
        let numbers = [("wells", found.wells), ("negative", found.negative), ("positive", found.positive)].compactMap { number($0.0, $0.1) }
        let quality = wanted("quality_fail").map {
            Check(name: "quality_fail", got: "\(found.failed ?? 0)", expected: $0, isRight: Int($0) == (found.failed ?? 0))
        }
        return numbers + [controls(found), channels(found), layout(found), quality].compactMap(\.self)
    }

    private func wanted(_ column: String) -> String? { values[column].flatMap { $0.isEmpty || $0 == "-" ? nil : $0 } }

    private func number(_ column: String, _ got: Int) -> Check? {
        wanted(column).map { Check(name: column, got: "\(got)", expected: $0, isRight: Int($0.replacing(",", with: "")) == got) }
    }

    /// A number, "none", or "none: COLUMN=VALUE", which must be among what is suggested.
    private func controls(_ found: ScreenJudgement) -> Check? {
        guard let expected = wanted("controls") else { return nil }
        let suggestions = found.candidates.prefix(5).map { "\($0.column)=\($0.value)" }
        let got =
            found.controls > 0
            ? "\(found.controls)" : (["none"] + [suggestions.joined(separator: ", ")]).filter { !$0.isEmpty }.joined(separator: ": ")
        guard expected.lowercased().hasPrefix("none") else {
            return Check(name: "controls", got: got, expected: expected, isRight: Int(expected) == found.controls)
        }
        let suggestion = expected.drop { $0 != ":" }.dropFirst().trimmed
        return Check(
            name: "controls", got: got, expected: expected,
            isRight: found.controls == 0 && (suggestion.isEmpty || found.candidates.contains { "\($0.column)=\($0.value)" == suggestion }))
    }

    /// "contradiction", or a label and its channel: any name by which a script may call it.
    private func channels(_ found: ScreenJudgement) -> Check? {
        guard let expected = wanted("channels") else { return nil }
        let isContradiction = found.channels.isContradiction == true
        guard expected.lowercased() != "contradiction" else {
            return Check(name: "channels", got: found.channelText, expected: expected, isRight: isContradiction)
        }
        let isRight = expected.split(separator: ";").allSatisfy { pair in
            guard let equals = pair.lastIndex(of: "="), let number = Int(pair[pair.index(after: equals)...].trimmed) else { return false }
            return (try? found.channels.number(of: .named(pair[..<equals].trimmed))) == number
        }
        return Check(name: "channels", got: found.channelText, expected: expected, isRight: isRight)
    }

    /// One of the layouts that the screen's plates have, by the name of the format or of its index.
    private func layout(_ found: ScreenJudgement) -> Check? {
        guard let expected = wanted("layout") else { return nil }
        let names = found.layouts.map(Self.folded)
        return Check(
            name: "layout", got: found.layouts.joined(separator: ", "), expected: expected,
            isRight: expected.split(separator: ",").allSatisfy { names.contains(Self.folded(String($0))) })
    }

    /// What people call a format, by its maker, its program or its index.
    private static let synonyms: [String: [String]] = [
        "screen file": ["screen"], "pattern file": ["pattern"], "harmony": ["operetta", "index.idx.xml", "idx.xml"],
        "companion.ome": ["companion", "ome"], "metaxpress": ["htd", "imagexpress", "cellworx"],
        "yokogawa": ["wpi", "mlf", "mrf", "cellvoyager", "cv7000", "cv8000"], "incell": ["xdce", "in cell"], "columbus": ["columbusidx.xml"],
        "opera flex": ["flex", "opera"], "scanr": ["experiment_descriptor.xml", "scan^r", "xml"], "folder": ["folders", "bare folder"],
        "ome-zarr": ["zarr", "ome.zarr", "ngff"], "cellh5": ["ch5"],
    ]

    private static func folded(_ name: String) -> String {
        var name = name.trimmed.lowercased()
        if name.hasPrefix(".") { name.removeFirst() }
        if name.hasPrefix("not read") || name.hasPrefix("refused") { return "not read" }
        return synonyms.first { $0.key == name || $0.value.contains(name) }?.key ?? name
    }
}
