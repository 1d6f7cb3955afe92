import ArgumentParser
import Foundation
import IDRFiles
import IDRKit
import IDRPlan
import IDRScreens
import IDRTransfer

struct Screens: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the screens of the IDR.", discussion: "Names that begin with the given text are listed: idrscript screens idr0013")

    @Argument(help: ArgumentHelp("How the names begin.", valueName: "text"))
    var beginning: String?

    @OptionGroup var sources: SourceArguments

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Read each screen's tables, and say in a line what a script would get: wells, controls, channels, pixels, quality.")
    var check = false

    func run() async throws {
        let access = try sources.complete()
        if check { return try await checkAll(access) }
        let all = try await Catalog(access: access, network: Network(access: access)).screens()
        let wanted = beginning?.lowercased() ?? ""
        let screens = all.filter { $0.name.description.lowercased().hasPrefix(wanted) || $0.study.hasPrefix(wanted) }
            .sorted { $0.name.description < $1.name.description }
        guard !screens.isEmpty else { throw IDRError(.missing, "no screen's name begins with \"\(wanted)\"", fix: "idrscript screens lists all") }
        if json { return try printJSON(screens) }
        print("SCREEN     PLATES   WELLS    IMAGES  SIZE       IMAGE (X x Y x Z x C x T)      STUDY")
        for screen in screens {
            let size = screen.bytes.map(PeopleText.size) ?? "-"
            print(
                pad(screen.name.description, 10), lead(screen.plates, 6), lead(screen.wells, 7), lead(screen.images, 9), pad(" " + size, 10),
                pad(screen.usualSize ?? "-", 30), screen.study)
        }
    }

    /// Of the mirror, or of the IDR's list.
    private func checkAll(_ access: Access) async throws {
        let catalog = Catalog(access: access, network: try Network(access: access))
        let known = if let mirror = access.mirror { ScreenMirror(root: mirror).screens() } else { try await catalog.screens().map(\.name) }
        let wanted = beginning?.lowercased() ?? ""
        let names = known.filter { $0.description.lowercased().hasPrefix(wanted) }.sorted { $0.description < $1.description }
        guard !names.isEmpty else { throw IDRError(.missing, "no screen's name begins with \"\(wanted)\"", fix: "idrscript screens lists all") }
        for name in names {
            do {
                print(pad(name.description, 10), ScreenJudgement(of: try await catalog.screen(name)).line)
            } catch let error as IDRError {
                print(pad(name.description, 10), "not read:", [error.problem, error.reason].compactMap(\.self).joined(separator: ": "))
            }
        }
    }

    private func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

    private func lead(_ number: Int?, _ width: Int) -> String {
        let text = number.map(String.init) ?? "-"
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
