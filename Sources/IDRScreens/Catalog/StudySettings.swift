import IDRFiles
package import IDRPlan

/// What a study says of its tables in files beside them: the IDR's `bulk.yml`, `bulkmap-config.yml` and `...render.yml`. Each may be missing.
package struct StudySettings: Sendable {
    /// The columns of the plates table, `name` and `path`, from `bulk.yml`; empty where it does not say.
    package private(set) var plateColumns: [String] = []
    /// Columns of the annotation that say what a well was treated with, from `bulkmap-config.yml`.
    package private(set) var treatmentColumns: [String] = []
    /// Columns under the names that the IDR's pages show for them.
    package private(set) var shownColumns: [String: String] = [:]
    /// Channels as they are shown, a list for each file of them.
    package private(set) var rendering: [RenderSettings] = []
    /// What could not be read, for people.
    package private(set) var notes: [String] = []

    package init() {}

    /// - Parameter files: names and contents.
    package init(_ files: [(name: String, bytes: [UInt8])]) {
        for file in files.sorted(by: { $0.name < $1.name }) {
            do throws(IDRError) {
                let settings = try YAML(file.bytes, called: file.name)
                if file.name.hasSuffix("bulkmap-config.yml") {
                    readColumns(settings)
                } else if file.name.hasSuffix("bulk.yml") {
                    plateColumns = settings["columns"]?.list.compactMap { $0.text?.lowercased() } ?? plateColumns
                } else {
                    let shown = RenderSettings(settings, name: file.name)
                    if !shown.channels.isEmpty { rendering.append(shown) }
                }
            } catch {
                notes.append("\(file.name) is not used: \([error.problem, error.reason].compactMap(\.self).joined(separator: ": "))")
            }
        }
    }

    /// Whether a file of this name beside a screen's tables has settings.
    package static func isSettings(_ name: String, of screen: ScreenName) -> Bool {
        let stem = "\(screen.study)-screen\(screen.letter)-"
        guard name.hasPrefix(stem), name.hasSuffix(".yml") else { return false }
        let rest = name.dropFirst(stem.count)
        return rest == "bulk.yml" || rest == "bulkmap-config.yml" || rest.hasSuffix("render.yml") || rest.hasSuffix("renderdef.yml")
    }

    /// Groups of columns of what is done to wells; those of cells and phenotypes are none.
    private static let treatments = ["gene", "gene/supplementary", "sirna", "compound", "antibody", "orf"]

    private mutating func readColumns(_ settings: YAML) {
        for entry in settings["columns"]?.list ?? [] {
            guard let group = entry["group"] else {
                note(entry)
                continue
            }
            let namespace = group["namespace"]?.text ?? ""
            let kind = namespace.split(separator: "/").drop { $0 != "mapr" }.dropFirst().joined(separator: "/")
            for column in group["columns"]?.list ?? [] {
                note(column)
                guard Self.treatments.contains(kind), let name = column["name"]?.text, column["clientvalue"] == nil else { continue }
                if !treatmentColumns.contains(name) { treatmentColumns.append(name) }
            }
        }
    }

    private mutating func note(_ column: YAML) {
        // A value of its own is a link made from the column.
        guard let name = column["name"]?.text, let shown = column["clientname"]?.text, column["clientvalue"] == nil else { return }
        if shownColumns[shown] == nil { shownColumns[shown] = name }
    }
}

/// How a study shows the channels of its images: by number, with a label and a colour.
package struct RenderSettings: Sendable, Hashable {
    package struct Channel: Sendable, Hashable {
        package let label: String?
        /// Red, green and blue in hexadecimal.
        package let colour: String?
        package let isActive: Bool
    }

    package let name: String
    /// By number, from 1.
    package let channels: [Int: Channel]

    init(_ settings: YAML, name: String) {
        self.name = name
        var channels: [Int: Channel] = [:]
        for entry in settings["channels"]?.entries ?? [] {
            guard let number = Int(entry.key), (1...1000).contains(number) else { continue }
            let value = entry.value
            channels[number] = Channel(
                label: value["label"]?.text, colour: value["color"]?.text, isActive: value["active"]?.text?.lowercased() != "false")
        }
        self.channels = channels
    }

    /// What the plates' names say that these settings are of: "Sac6" of "idr0078-screenA-Sac6-render.yml". Empty where they are of all.
    private var plateWords: [String] {
        // The folders of a mirror are no part of it. Study and screen are before, "render.yml" is behind; "2channels" is a count.
        let file = name.split(separator: "/").last ?? ""
        return file.split(separator: "-").dropFirst(2).dropLast().map { $0.lowercased() }.filter { !$0.hasSuffix("channels") }
    }

    private func isOf(_ plate: String) -> Bool {
        let words = plateWords
        return !words.isEmpty && words.allSatisfy(plate.lowercased().contains)
    }

    /// Names of a file's channels, where those that say nothing have what the study shows instead: its label, or that it is blue, as nuclear
    /// dyes are.
    /// Of several settings, those count that are named after the plate, else those of all plates. Where these differ, they say nothing.
    package static func named(_ names: [String], by settings: [RenderSettings], plate: String? = nil) -> [String] {
        let fitting = settings.filter { $0.channels.count == names.count }
        let own = fitting.filter { settings in plate.map(settings.isOf) ?? false }
        let general = fitting.filter(\.plateWords.isEmpty)
        let best = [own, general].first { !$0.isEmpty } ?? fitting
        guard let first = best.first, best.allSatisfy({ $0.channels == first.channels }) else { return names }
        return names.enumerated().map { index, name in
            guard ChannelMeaning(name).isSilent, let shown = first.channels[index + 1] else { return name }
            if let label = shown.label, !ChannelMeaning(label).isSilent { return label }
            return shown.isBlue ? "\(name) (blue)" : name
        }
    }

    /// What the study calls its channels, where its settings agree; nil where they do not say.
    static func names(in settings: [RenderSettings]) -> [String]? {
        guard let first = settings.first, settings.allSatisfy({ $0.channels == first.channels }) else { return nil }
        let count = first.channels.count
        guard count > 0, first.channels.keys.allSatisfy({ $0 <= count }) else { return nil }
        return named((1...count).map { first.channels[$0]?.label ?? "channel \($0)" }, by: [first])
    }
}

extension RenderSettings.Channel {
    var isBlue: Bool {
        guard let colour, colour.count == 6, let value = Int(colour, radix: 16) else { return false }
        return value >> 16 < 64 && value & 0xFF > 160 && value >> 8 & 0xFF < 200
    }
}
