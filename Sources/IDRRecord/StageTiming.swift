public import Foundation

/// When a stage of a batch ran, and what it took. Images run side by side: their seconds add up to more than the time between the dates.
public struct StageTiming: Codable, Sendable, Hashable {
    /// `fetch`, `correct`, `segment`, `measure`, `profile`, `write`; `diameter` in the batch in which a plate's was estimated.
    public var stage: String
    /// When the first image came to it, whole seconds.
    public var startedAt: Date
    /// When the last image was through, whole seconds.
    public var finishedAt: Date
    /// Seconds by the clock, summed over the images.
    public var wallSeconds: Double
    /// Seconds of processor time, summed over the images.
    public var cpuSeconds: Double

    package init(stage: String, startedAt: Date, finishedAt: Date, wallSeconds: Double, cpuSeconds: Double) {
        self.stage = stage
        self.startedAt = startedAt.wholeSeconds
        self.finishedAt = finishedAt.wholeSeconds
        self.wallSeconds = wallSeconds
        self.cpuSeconds = cpuSeconds
    }
}

extension Date {
    /// A record's text holds whole seconds: the value that wrote it is the value that is read back.
    package var wholeSeconds: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
