import Foundation
import IDRKit
import IDRPlan
import IDRRecord
import TestSupport

/// The pipelines of the committed records, and one that measures, on the images of `example_files`.
enum ExampleRun: String, CaseIterable, Sendable {
    case complete, compat
    case twoChannels = "two-channel"
    case measured

    /// Continues the committed record where there is one: values that images share are its own, for they are made in another way since.
    /// - Parameters:
    ///   - output: the run's folder.
    ///   - stages: that of the stage cache.
    func run(output: String, stages: String) async throws -> ProfileRun {
        var options = RunOptions()
        options.output = output
        options.threads = 2
        options.isQuiet = true
        options.stages = .folder(stages, bytes: 1 << 30)
        if let old = OldRecord.of(rawValue).first, !FileManager.default.fileExists(atPath: output) {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
            for name in [RecordLayout.run, RecordLayout.plan, RecordLayout.shared] where FileManager.default.fileExists(atPath: "\(old.path)/\(name)")
            {
                try FileManager.default.copyItem(atPath: "\(old.path)/\(name)", toPath: "\(output)/\(name)")
            }
        }
        if self == .measured {
            return try await start("example_files").wells("A2").frame(2).correct().segment(diameter: 27, model: .nucleiSmall).measure().run(
                batchSize: batchSize, options: options)
        }
        return try await profiled.run(batchSize: batchSize, options: options)
    }

    /// That of the committed records.
    private var batchSize: Int {
        switch self {
        case .complete, .measured: 1
        case .compat: 2
        case .twoChannels: 10
        }
    }

    private var profiled: Pipeline<Profiled> {
        switch self {
        case .compat:
            start("example_files").controls().first(2).frame(2).correct(.compat).segment(model: .nucleiSmall, .compat).profile(
                outlines: true, .compat)
        case .twoChannels:
            start("example_files/two-channel").controls(.positive).frame(1).correct().segment(channel: "H2B-GFP", model: .nucleiSmall)
                .profile(channels: ["H2B-GFP", "synthetic"])
        case .complete, .measured: start("example_files").controls().first(2).frame(2).correct().segment(model: .nucleiSmall).profile()
        }
    }

    private func start(_ mirror: String) -> Pipeline<Selecting> {
        screen("idr0013A", mirror: ExampleFrames.checkout.appending(path: mirror).path)
    }
}

extension StageKey {
    /// Settings that the machine and its libraries decide.
    var machine: [String: String] { settings.filter { Self.isOfMachine($0.key) } }

    static func isOfMachine(_ setting: String) -> Bool {
        setting.hasPrefix("lib") || ["instruction sets", "OpenBLAS core", "GLIBC_TUNABLES"].contains(setting)
    }
}
