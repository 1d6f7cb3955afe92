extension BaSiC {
    /// The fields and baselines estimated from a stack of frames.
    package struct Fit: Sendable, Equatable {
        /// `[y, x]` of the frames' size, mean 1.
        package var flatfield: Plane<Double>
        /// `[y, x]` of the frames' size, in the unit of the pixels. May be negative.
        package var darkfield: Plane<Double>
        /// The background of each frame, in the unit of the pixels.
        package var baseline: [Double]
        /// The flatfield as estimated, 128 x 128, not normalised.
        package var workingShading: Plane<Double>
        /// The darkfield as estimated, 128 x 128.
        package var workingDarkfield: Plane<Double>
        /// The penalties used; nil where the stack gives none and none were passed.
        package var penalties: Penalties?
        /// Iterations of each decomposition; there is one in every round of reweighting.
        package var decompositionIterations: [Int]
        /// Iterations of each round of the baseline estimate.
        package var baselineIterations: [Int]
        /// How the estimate ended.
        package var status: Status

        /// Rounds of decomposition and reweighting.
        package var reweightings: Int { decompositionIterations.count }
    }

    /// How an estimate ended. Goes into the record of a run.
    package enum Status: Sendable, Hashable, Codable {
        /// Every loop met its tolerance.
        case converged
        /// The named loop was ended by its bound; the fields are what it had reached. For ``Loop/reweighting`` this is the usual
        /// end, in the published pipeline too.
        case iterationLimit(Loop)
        /// The frames determine no fields: flatfield 1, darkfield 0, baseline 0, and correction changes nothing.
        case degenerate(Degeneracy)

        /// Whether correction with this fit changes the frames.
        package var isUsable: Bool {
            if case .degenerate = self { false } else { true }
        }
    }

    /// The loops of the method, from the outermost.
    package enum Loop: String, Sendable, Hashable, Codable {
        case reweighting, decomposition, baseline
    }

    /// Why frames determine no fields.
    package enum Degeneracy: String, Error, Sendable, Hashable, Codable {
        /// There is only one frame.
        case singleFrame
        /// Every pixel of every frame is 0.
        case allZero
        /// Each frame has the same value everywhere.
        case constantFrames
        /// All frames are equal.
        case identicalFrames
        /// No frame is darker than the average frame, which the offset could be told from.
        case noDimFrame
        /// Pixels or intermediate values are infinite or not numbers.
        case notFinite
    }
}

extension BaSiC.Fit {
    /// The fit that changes nothing.
    static func identity(
        height: Int, width: Int, frames: Int, penalties: BaSiC.Penalties?, because reason: BaSiC.Degeneracy
    ) -> BaSiC.Fit {
        let side = BaSiC.workingSize
        return BaSiC.Fit(
            flatfield: Plane(height: height, width: width, repeating: 1), darkfield: Plane(height: height, width: width, repeating: 0),
            baseline: Array(repeating: 0, count: frames),
            workingShading: Plane(height: side, width: side, repeating: 1), workingDarkfield: Plane(height: side, width: side, repeating: 0),
            penalties: penalties, decompositionIterations: [], baselineIterations: [], status: .degenerate(reason))
    }
}

extension BaSiC.Status: CustomStringConvertible {
    package var description: String {
        switch self {
        case .converged: "converged"
        case .iterationLimit(let loop): "ended by the bound of the \(loop.rawValue) loop"
        case .degenerate(let reason): "not corrected: \(reason.description)"
        }
    }
}

extension BaSiC.Degeneracy: CustomStringConvertible {
    package var description: String {
        switch self {
        case .singleFrame: "a single frame does not tell illumination from objects"
        case .allZero: "all pixels are 0"
        case .constantFrames: "every frame is constant"
        case .identicalFrames: "all frames are equal"
        case .noDimFrame: "no frame is darker than the average"
        case .notFinite: "pixels or intermediate values are not finite"
        }
    }
}
