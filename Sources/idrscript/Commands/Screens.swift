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

    func run() async throws {
        let access = try sources.complete()
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

    private func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

    private func lead(_ number: Int?, _ width: Int) -> String {
        let text = number.map(String.init) ?? "-"
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
