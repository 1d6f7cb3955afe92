import Foundation
import IDRPlan

/// Compares IDRKit with outputs of the original programs, over any folder of fixtures.
///
/// Usage: `conformance [--selftest] FOLDER`. Every folder below FOLDER is searched. What a file or a group in it is follows from what it
/// holds, never from its name. Exit status 1 where a check failed or nothing was found; in a self-test, where a check did not fail.
@main
struct Conformance {
    static func main() async {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let isSelfTest = arguments.first == "--selftest"
        if isSelfTest { arguments.removeFirst() }
        guard arguments.count == 1 else { return end("usage: conformance [--selftest] FOLDER", status: 64) }
        let root = arguments[0]
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder.boolValue else {
            return end("there is no folder \(root)", status: 1)
        }
        let report = Report(isSelfTest: isSelfTest)
        for folder in folders(below: root) { await check(folder, report) }
        if isSelfTest {
            for name in report.agreeing { print("NOT SEEN \(name): its output was wrong and the check agreed") }
        }
        if report.passed + report.failed == 0 { print("nothing in \(root) is a fixture that this program knows") }
        print("\(report.passed) passed, \(report.failed) failed")
        exit(report.isGood ? 0 : 1)
    }

    private static func end(_ message: String, status: Int32) {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }

    private static func folders(below root: String) -> [String] {
        let below = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return [root]
            + below.map { "\(root)/\($0)" }.filter { path in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
            }.sorted()
    }

    private static func check(_ folder: String, _ report: Report) async {
        for path in files(in: folder, ending: ".h5") {
            let file = FixtureFile(path: path)
            await report.section(file.name) { try await check(file, report) }
        }
        await report.section("weights in \(folder)") { try await NetworkSuite(report: report, folder: folder).checkFormats() }
    }

    private static func check(_ file: FixtureFile, _ report: Report) async throws {
        let groups = try await file.groups()
        var named: Set<String> = []
        for group in groups {
            if let weights = try await group.text("weights") { named.insert(URL(fileURLWithPath: weights).lastPathComponent) }
        }
        let isProfiling = try await ProfilingSuite(report: report, folder: file.folder).check(file, groups)
        let isTable = try await TableSuite(report: report, folder: file.folder).check(file, groups)
        let isMeasured = try await MeasurementSuite(report: report).check(groups[0])
        if isProfiling || isTable || isMeasured { return }
        let illumination = IlluminationSuite(report: report)
        let cellpose = CellposeSuite(report: report)
        let masks = MaskSuite(report: report)
        let networks = NetworkSuite(report: report, folder: file.folder)
        let images = EndToEndSuite(report: report, folder: file.folder, othersWeights: named)
        for group in groups {
            var isKnown = try await illumination.check(group)
            if !isKnown { isKnown = try await networks.check(group) }
            if !isKnown { isKnown = try await images.check(group) }
            if !isKnown { isKnown = try await masks.check(group) }
            if !isKnown { isKnown = try await cellpose.check(group) }
            if !isKnown && !group.datasets.isEmpty { report.skip(group.name, because: "its layout is none of those that are compared") }
        }
    }
}
