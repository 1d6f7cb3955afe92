import Foundation
import IDRPlan
import IDRRecord

/// Reads wells ahead of the computation: while one is computed, the next ones are on their way. At most `lookahead` wells wait in memory.
actor Prefetcher {
    private let fetcher: any FrameFetcher
    private let requests: [FrameRequest]
    private let places: [FrameRequest: Int]
    private let lookahead: Int
    private var started = 0
    private var tasks: [FrameRequest: Task<TimedFetch, any Error>] = [:]

    /// - Parameter requests: in the order in which they will be taken.
    init(fetcher: any FrameFetcher, requests: [FrameRequest], lookahead: Int) {
        self.fetcher = fetcher
        self.requests = requests
        places = Dictionary(zip(requests, requests.indices)) { first, _ in first }
        self.lookahead = lookahead
    }

    /// The frames of a request; begins to read those of the requests after it.
    func take(_ request: FrameRequest) async throws -> TimedFetch {
        let place = places[request] ?? 0
        while started < requests.count, started <= place + lookahead {
            let (next, fetcher) = (requests[started], fetcher)
            tasks[next] = Task { try await TimedFetch(next, from: fetcher) }
            started += 1
        }
        guard let task = tasks.removeValue(forKey: request) else { return try await TimedFetch(request, from: fetcher) }
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
