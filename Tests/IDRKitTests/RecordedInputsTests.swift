import Foundation
import IDRFormats
import IDRKit
import IDRPlan
import IDRRecord
import Synchronization
import TestSupport
import Testing

/// What a rerun reads: for rows, what the record has; for values that images share, all that they are computed from.
@Suite struct RecordedInputsTests {
    /// Notes what it is asked for, and has nothing.
    private final class Nothing: FrameFetcher {
        static let error = IDRError(.transfer, "it is a test")
        private let requests = Mutex<[[Int]]>([])
        var frames: [[Int]] { requests.withLock { $0 } }

        func fetch(_ request: FrameRequest) async throws -> FetchedFrames {
            requests.withLock { $0.append(request.frames) }
            throw Self.error
        }
    }

    @Test func framesThatTheRecordLacksAreStillReadForCandidates() async throws {
        let scratch = try ScratchFolder()
        var sample = SampleRecord()
        let well = sample.resolved.wells[0]
        sample.edit = { record in
            guard record.batch == 0, record.failure == nil else { return }
            let cause = IDRError(.transfer, "it could not be fetched")
            record.missing = [MissingImage(plate: well.plate, well: well.well, field: 1, frame: 60, kind: .failed, cause: cause)]
        }
        try await sample.write(to: scratch("run"))
        let nothing = Nothing()
        let inputs = try RecordedInputs(nothing, RecordFolder(reading: scratch("run")), batches: [0])
        var request = FrameRequest(
            well, field: 1, of: sample.resolved, channels: WantedChannels(segmented: 1, profiled: nil, measured: nil))
        request.frames = [18, 60]
        await #expect(throws: Nothing.error) { try await inputs.fetch(request) }
        request.isForRows = true
        await #expect(throws: Nothing.error) { try await inputs.fetch(request) }
        #expect(nothing.frames == [[18, 60], [18]])
    }
}
