/// The decomposition at the core of BaSiC: a smooth shading and a smooth offset shared by all frames, a scale per frame, and a sparse
/// rest, found by a linearised augmented Lagrangian (the original's "inexact ALM" with darkfield).
struct Decomposition: ~Copyable {
    private var state: LagrangianState
    private let transform = CosineTransform()
    private let penalties: BaSiC.Penalties
    private let settings: BaSiC.Settings
    private let minimum: Double
    /// Mean of the frames.
    private let mean: WorkingPlanes
    /// Cosine coefficients of the shading.
    private let coefficients = WorkingPlanes()
    /// What the next smoothing is applied to.
    private let target: WorkingPlanes
    /// The offset and the scales that the last sparse part was computed with.
    private var fittedOffset = WorkingPlanes()
    private var fittedScales: [Double] = []
    /// The offset's dependence on the shading: the offset holds `slope * (mean(S) - S)`.
    private var slope = 0.0

    init(
        sorted stack: [Plane<Double>], mean: Plane<Double>, penalties: BaSiC.Penalties, settings: BaSiC.Settings
    ) {
        let spectrum = StackSpectrum(stack)
        state = LagrangianState(stack, spectrum: spectrum)
        self.mean = WorkingPlanes([mean])
        target = WorkingPlanes()
        minimum = spectrum.minimum
        self.penalties = penalties
        self.settings = settings
    }

    /// What one decomposition found.
    struct Result {
        /// Frame-averaged `a S`, with the offset's share of the shading taken out. Not normalised.
        var shading: Plane<Double>
        var darkfield: Plane<Double>
        var iterations: Int
        /// False where the bound on iterations ended it.
        var isConverged: Bool
    }

    /// Decomposes the stack under the present weights, then sets the weights of the next round.
    mutating func run() throws(BaSiC.Degeneracy) -> Result {
        restart()
        var iterations = 0
        var isConverged = false
        while !isConverged && iterations < settings.decompositionLimit {
            iterations += 1
            isConverged = try iterate() < settings.decompositionTolerance
        }
        let shadingMean = state.shading.mean()
        let offsetMean = fittedOffset.mean()
        state.reweight(levels: fittedScales.map { $0 * shadingMean + offsetMean }, inverted: false)
        return fields(iterations: iterations, isConverged: isConverged)
    }

    private mutating func restart() {
        coefficients.fill(0)
        state.shading.fill(0)
        state.offset.fill(0)
        state.scales = Array(repeating: 1, count: state.frameCount)
        state.restart()
        fittedScales = state.scales
        target.first.update(from: mean.first, count: WorkingPlanes.pairs)
    }

    /// Shading, sparse part, scales and offset, in this order. Returns the residual's norm as a fraction of the stack's.
    private mutating func iterate() throws(BaSiC.Degeneracy) -> Double {
        let penalty = state.penalty
        transform.smooth(
            target.first, threshold: penalties.flatfield / penalty, coefficients: coefficients.first, into: state.shading.first)
        let shadingMean = state.shading.mean()
        let residual = state.updateSparsePart(shadingMean: shadingMean)

        fittedScales = state.scales
        let moments = FrameMoments(state, shadingMean: shadingMean)
        state.scales = moments.scales
        guard residual.isFinite, state.scales.allSatisfy(\.isFinite) else { throw .notFinite }
        let dim = (0..<state.frameCount).filter { state.scales[$0] < 1 }
        guard !dim.isEmpty else { throw .noDimFrame }

        slope = moments.slope(over: dim, limit: minimum / shadingMean)
        updateOffset(dim: dim, moments: moments, shadingMean: shadingMean, threshold: penalties.darkfield / (10 * penalty))
        return residual
    }

    /// The offset is what the dim frames hold beyond the scaled shading, smoothed and made sparse.
    private mutating func updateOffset(dim: [Int], moments: FrameMoments, shadingMean: Double, threshold: Double) {
        swap(&state.offset, &fittedOffset)
        let share = 1 / Double(dim.count)
        let dimScale = dim.reduce(0) { $0 + state.scales[$1] } * share
        let dimLevel = dim.reduce(0) { $0 + moments.means[$1] } * share
        let (shading, offset, target) = (state.shading.first, state.offset.first, target.first)

        let tilt = Pair(repeating: slope - dimScale)
        let level = Pair(repeating: dimScale * shadingMean - dimLevel - slope * shadingMean)
        for index in 0..<WorkingPlanes.pairs { target[index] = shading[index] * tilt + level }
        for frame in dim {
            let values = state.smoothPart[frame]
            for index in 0..<WorkingPlanes.pairs { target[index] += values[index] * Pair(repeating: share) }
        }
        transform.smooth(target, threshold: threshold, coefficients: nil, into: offset)

        // In the same pass: what the shading of the next iteration has to explain.
        let (bound, steepness, centre) = (Pair(repeating: threshold), Pair(repeating: slope), Pair(repeating: shadingMean))
        let frameShare = Pair(repeating: 1 / Double(state.frameCount))
        let meanScale = Pair(repeating: state.scales.reduce(0, +) / Double(state.frameCount))
        let unexplained = state.unexplained.first
        for index in 0..<WorkingPlanes.pairs {
            let light = shading[index]
            let value = offset[index].shrunk(by: bound) + steepness * (centre - light)
            offset[index] = value
            target[index] = unexplained[index] * frameShare - meanScale * light - value
        }
    }

    private func fields(iterations: Int, isConverged: Bool) -> Result {
        let (shading, fitted) = (state.shading.plane(), fittedOffset.plane())
        var dark = state.offset.plane()
        var flat = shading
        let meanScale = fittedScales.reduce(0, +) / Double(state.frameCount)
        for index in 0..<WorkingPlanes.pixels {
            dark.pixels[index] += slope * shading.pixels[index]
            flat.pixels[index] = meanScale * shading.pixels[index] + fitted.pixels[index] - dark.pixels[index]
        }
        return Result(shading: flat, darkfield: dark, iterations: iterations, isConverged: isConverged)
    }
}

/// What the scales and the offset's slope are computed from: means of X - E.
private struct FrameMoments {
    /// One per frame.
    let means: [Double]
    /// Each frame's mean as a fraction of the stack's, not below 0.
    let scales: [Double]
    /// By how much a frame is brighter where the shading is bright than where it is dark, as a fraction of the stack's mean.
    private let contrasts: [Double]

    init(_ state: borrowing LagrangianState, shadingMean: Double, tolerance: Double = 1e-6) {
        var (bright, dark) = (0, 0)
        let shading = UnsafeRawPointer(state.shading.first).assumingMemoryBound(to: Double.self)
        for index in 0..<WorkingPlanes.pixels {
            bright += shading[index] > shadingMean - tolerance ? 1 : 0
            dark += shading[index] < shadingMean + tolerance ? 1 : 0
        }
        var means: [Double] = []
        var contrasts: [Double] = []
        for frame in 0..<state.frameCount {
            let sums = state.sums(of: frame)
            means.append(sums.all.sum() / Double(WorkingPlanes.pixels))
            contrasts.append(sums.bright.sum() / Double(bright) - sums.dark.sum() / Double(dark))
        }
        let mean = means.reduce(0, +) / Double(means.count)
        self.means = means
        scales = means.map { $0.isFinite ? max($0 / mean, 0) : .nan }
        self.contrasts = contrasts.map { $0 / mean }
    }

    /// Slope of contrast over scale among the `frames`, in the original's form; 0 where it is not determined; limited to 0...`limit`.
    func slope(over frames: [Int], limit: Double) -> Double {
        let t1 = frames.reduce(0) { $0 + scales[$1] * scales[$1] }
        let t2 = frames.reduce(0) { $0 + scales[$1] }
        let t3 = frames.reduce(0) { $0 + contrasts[$1] }
        let t4 = frames.reduce(0) { $0 + scales[$1] * contrasts[$1] }
        let t5 = t2 * t3 - Double(frames.count) * t4
        let slope = t5 == 0 ? 0 : (t1 * t3 - t2 * t4) / t5
        return limit.isNaN ? 0 : min(max(slope, 0), limit)
    }
}
