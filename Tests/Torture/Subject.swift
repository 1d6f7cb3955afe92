import Foundation
import IDRCrate
import IDRKit
import IDRModels
import IDRPlan

/// What is tortured: this program, started anew. It works in its case's folder as a script or command does.
enum Subject {
    static let word = "subject"

    enum Act: String, Sendable {
        case run, publish, replace, bundle, unpack
        /// A run of a batch a well.
        case runMany = "run-many"
        /// Of one well, with correction: of each image three frames are read, and the two acts share two of them.
        case correctEarlier = "correct-earlier"
        case correctLater = "correct-later"
        case addModel = "add-model"
    }

    /// Names in a case's folder.
    static let (run, published, archive, unpacked, model) = ("run", "published", "bundle.zip", "unpacked", "my-nuclei")

    static func act(_ words: [String]) async throws {
        switch words.dropFirst().first.flatMap(Act.init) {
        case .run: try await measure(frame: 2, batchSize: 2)
        case .runMany: try await measure(frame: 2, batchSize: 1)
        case .correctEarlier: try await correct(frame: 1)
        case .correctLater: try await correct(frame: 2)
        case .publish: _ = try Publication(of: run).write(to: published)
        case .replace: _ = try Publication(of: run).write(to: published, replacing: true)
        case .bundle: _ = try RecordBundle().write(run, to: archive)
        case .unpack: _ = try UnpackedRecord.unpack(archive, to: unpacked)
        case .addModel: _ = try await ModelStore.standard.add(model, from: [.file(Study.network)], replacing: true)
        case nil: throw IDRError(.invalidInput, "\(words) is no act")
        }
    }

    /// Nothing is corrected: that would make one more file in the stage cache, and in a build for debugging it takes 300 times as long.
    private static func measure(frame: Int, batchSize: Int) async throws {
        let cells = try await screen("idr0013A").controls().frame(frame).segment(diameter: 27, model: .path(Study.network)).measure()
            .run(batchSize: batchSize)
        print("\(cells.cellCount) nuclei in \(cells.batches.count) batches")
    }

    private static func correct(frame: Int) async throws {
        _ = try await screen("idr0013A").controls().first(1).frame(frame).correct().segment(diameter: 27, model: .path(Study.network)).measure().run()
    }
}
