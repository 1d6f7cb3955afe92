import Foundation
import IDRPlan
import IDRRecord

/// Reads wells ahead of the computation: while one is computed, the next ones are on their way. At most `lookahead` wells wait in memory.
actor Prefetcher {
    private let fetcher: any FrameFetcher
    private let requests: [FrameRequest]
    private let lookahead: Int
    private var started = 0
    private var tasks: [Int: Task<TimedFetch, any Error>] = [:]

    /// - Parameter requests: in the order in which they will be taken.
    init(fetcher: any FrameFetcher, requests: [FrameRequest], lookahead: Int) {
        self.fetcher = fetcher
        self.requests = requests
        self.lookahead = lookahead
    }

    /// The frames of request `index`; begins to read those after it.
    func take(_ index: Int) async throws -> TimedFetch {
        while started < requests.count, started <= index + lookahead {
            let request = requests[started]
            let fetcher = fetcher
            tasks[started] = Task { try await TimedFetch(request, from: fetcher) }
            started += 1
        }
        guard let task = tasks.removeValue(forKey: index) else { return try await TimedFetch(requests[index], from: fetcher) }
        // The task is nobody's child.
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Forgets what was read ahead.
    func cancel() {
        for task in tasks.values { task.cancel() }
        tasks = [:]
    }
}

/// Fetched frames and the time that they took.
struct TimedFetch: Sendable {
    let frames: FetchedFrames
    let began: Date
    let wallSeconds: Double

    init(_ request: FrameRequest, from fetcher: any FrameFetcher) async throws {
        began = Date()
        let start = ResourceMeter.wallSeconds()
        frames = try await fetcher.fetch(request)
        wallSeconds = ResourceMeter.wallSeconds() - start
    }
}
