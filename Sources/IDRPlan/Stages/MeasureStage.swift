/// Classical measurements of each nucleus, as CellProfiler 4.2.8 makes them (Stirling et al. 2021).
public struct Measuring: Codable, Sendable, Hashable {
    /// Channels whose intensities are measured, in this order; empty: the one that was segmented.
    public var channels: [Channel]

    /// Measurements of these channels.
    public init(channels: [Channel] = []) { self.channels = channels }
}

extension Stage {
    package static let measure = Stage(
        "measure", "measures each nucleus, as CellProfiler does (Stirling et al. 2021)", takes: [.frames, .labels], gives: [.measurements],
        entry: "measuring",
        parameters: [
            Parameter(
                "measuring.channels", .text, "channels whose intensities are measured", shows: [Artifact.frames.step, Artifact.measurements.step]
            ) { plan in plan.measuring.map { .channels($0.channels, otherwise: "the one that was segmented") } }
        ], isPart: { $0.measuring != nil },
        summary: { plan in
            plan.plan.measuring.map { stage in
                "CellProfiler's features, "
                    + (stage.channels.isEmpty ? "of the segmented channel" : stage.channels.map(\.description).joined(separator: ", "))
            }
        })
}

extension Artifact {
    package static let measurements = Artifact(
        "measurements", "measurements [nucleus, feature], float64, little-endian, in the order of the features' names", step: Step("measure"))
}
