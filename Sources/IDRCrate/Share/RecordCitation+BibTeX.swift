import IDRFiles
import IDRPlan
import IDRRecord

extension RecordCitation {
    /// An entry of BibTeX: `@misc`, which every style knows.
    package var bibtex: String {
        let (year, month) = (day.prefix(4), Int(day.dropFirst(5).prefix(2)) ?? 1)
        var fields = [
            ("author", Self.text(of: author)), ("title", "{\(Self.escaped(title))}"), ("year", String(year)), ("month", "\(month)"),
            ("howpublished", "Run record, SHA-256 \(Self.escaped(digest.hex))"),
        ]
        var notes = ["IDRKit \(software.version)"]
        if let study { notes.append("images: Image Data Resource, \(study.screen.study), screen \(study.screen.letter), \(study.address)") }
        if let license { notes.append("licence: \(license)") }
        fields.append(("note", Self.escaped(notes.joined(separator: "; "))))
        let key = "\(record.plan.plan.screen.filter { $0.isASCII && ($0.isLetter || $0.isNumber) })_\(digest.short)"
        return "@misc{\(key),\n" + fields.map { "  \($0.0) = {\($0.1)},\n" }.joined() + "}\n"
    }

    /// Names of people are left for BibTeX to take apart; " and " would make two of one. Names of others stay whole.
    private static func text(of author: Author) -> String {
        switch author {
        case .person(let name, _): escaped(name).replacing(" and ", with: " {and} ")
        case .entity(let name, _): "{\(escaped(name))}"
        }
    }

    /// `text` with nothing in it that TeX or BibTeX would take for its own. Braces need words, for BibTeX counts them even after a backslash.
    static func escaped(_ text: String) -> String {
        let words: [Character: String] = [
            "\\": "\\textbackslash{}", "{": "\\textbraceleft{}", "}": "\\textbraceright{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#",
            "_": "\\_", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
        ]
        return ArchiveName.printable(text).map { words[$0] ?? String($0) }.joined()
    }
}
