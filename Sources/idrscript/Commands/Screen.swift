import ArgumentParser
import IDRFiles
import IDRKit
import IDRPlan
import IDRScreens
import IDRTransfer

struct Screen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Describe a screen: plates, wells, controls, channels, and where its pixels are.", usage: "idrscript screen <name> [<options>]")

    @Argument(help: ArgumentHelp("The screen, idr0013A.", valueName: "name"))
    var name: String

    @OptionGroup var sources: SourceArguments

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let access = try sources.complete()
        let summary = try await ScreenSummary(of: ScreenName(name), access: access, network: Network(access: access))
        if json { return try printJSON(summary) }
        print("\(summary.name)  \(summary.study)")
        print("  plates    \(summary.plates)")
        print("  wells     \(summary.wells)")
        print("  summary   \(summary.judgement)")
        print("  controls  \(summary.controls.map(String.init) ?? "none that .controls() would take")")
        for count in summary.controlTypes.prefix(12) {
            print("              \(count.wells)  \(count.text)  (\(count.kind?.rawValue ?? "no control"))")
        }
        if summary.controlTypes.count > 12 { print("              ... and \(summary.controlTypes.count - 12) more (--json lists all)") }
        for count in summary.quality.prefix(6) { print("  quality   \(count.wells)  \(count.text)") }
        for line in summary.channelLines { print("  \(line)") }
        if let bytes = summary.bytes { print("  size      \(PeopleText.size(bytes)), images usually \(summary.usualSize ?? "-")") }
        if let images = summary.images {
            let extent = images.extent
            print(
                "  images    \(extent.width) x \(extent.height) pixels, \(extent.frames) frames, \(extent.channels) channels, "
                    + "\(extent.slices) slices, \(extent.fields) fields (\(images.plate)/\(images.well))")
            if let source = images.source { print("  pixels    \(source.rawValue): \(images.location)") }
        }
        if let failure = summary.imagesFailure { print("  pixels    not found: \(failure)") }
        for pair in summary.annotations.prefix(6) { print("  about     \(pair.joined(separator: ": ").prefix(110))") }
        for table in summary.tables { print("  table     \(table)") }
        for note in summary.notes { print("  note      \(note)") }
        print(
            "  columns   \(summary.columns.prefix(12).joined(separator: ", "))"
                + (summary.columns.count > 12 ? ", ... (--json lists all \(summary.columns.count))" : ""))
    }
}
