import Foundation
import IDRFiles
import IDRPlan
import IDRScreens

/// Reads the tables of every screen in a folder of studies, and compares what a script would get with what is right.
///
/// Usage: `screens STUDIES EXPECTED.tsv`. Screens are found by how studies are laid out, `<study>/screen<letter>/`, never by name. Exit status 1
/// where a screen is wrong, 2 where nothing says what is right.
@main
struct Screens {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 2 else { return end("usage: screens STUDIES EXPECTED.tsv", status: 64) }
        let root = arguments[0]
        let expectations: [String: Expectation]
        do {
            expectations = try Expectation.all(in: arguments[1])
        } catch {
            return end("\(error)", status: 2)
        }
        let screens = ScreenMirror(root: root).screens()
        var (right, wrong, unknown) = (0, 0, 0)
        var tally = Tally()
        for screen in screens {
            let verdict = judge(screen, root, expectations[screen.description.lowercased()], &tally)
            print("\(screen.description.padding(toLength: 10, withPad: " ", startingAt: 0)) \(verdict.text)")
            switch verdict.isRight {
            case true?: right += 1
            case false?: wrong += 1
            case nil: unknown += 1
            }
        }
        // What is expected and not there is wrong as well.
        let names = Set(screens.map { $0.description.lowercased() })
        for name in expectations.keys.sorted() where !names.contains(name) {
            print("\(name): no such screen: unknown")
            unknown += 1
        }
        print(
            "\(right) right, \(wrong) wrong, \(unknown) unknown of \(right + wrong + unknown) screens; wells \(tally["wells"]), "
                + "controls \(tally["controls"]), channels \(tally["channels"]), layout \(tally["layout"])")
        if right + wrong == 0 { return end("\(arguments[1]) judges no screen of \(root)", status: 2) }
        exit(wrong == 0 ? 0 : 1)
    }

    private static func end(_ message: String, status: Int32) {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }

    private static func judge(
        _ name: ScreenName, _ root: String, _ expected: Expectation?, _ tally: inout Tally
    ) -> (text: String, isRight: Bool?) {
        let mirror = ScreenMirror(root: root)
        guard let paths = try? mirror.tablePaths(of: name), FileManager.default.fileExists(atPath: paths.annotation) else {
            return ("no table: unknown", nil)
        }
        do {
            let screen = try mirror.screen(name)
            let judgement = ScreenJudgement(of: screen, channelNames: mirror.channelNames(of: screen))
            guard let expected else { return ("\(judgement.line): unknown", nil) }
            let checks = expected.checks(judgement)
            for check in checks { tally.count(check) }
            let wrong = checks.filter { !$0.isRight }
            if checks.isEmpty { return ("\(judgement.line): unknown", nil) }
            return wrong.isEmpty
                ? ("\(judgement.line): right", true)
                : (
                    "\(judgement.line): wrong (" + wrong.map { "\($0.name): got \($0.got), expected \($0.expected)" }.joined(separator: "; ") + ")",
                    false
                )
        } catch {
            return ("wrong (got: \(error); expected: tables that can be read)", expected == nil ? nil : false)
        }
    }
}

/// How many of what was judged are right.
struct Tally {
    private var counts: [String: (right: Int, all: Int)] = [:]

    mutating func count(_ check: Expectation.Check) {
        let known = counts[check.name] ?? (0, 0)
        counts[check.name] = (known.right + (check.isRight ? 1 : 0), known.all + 1)
    }

    subscript(name: String) -> String {
        let known = counts[name] ?? (0, 0)
        return "\(known.right)/\(known.all)"
    }
}
