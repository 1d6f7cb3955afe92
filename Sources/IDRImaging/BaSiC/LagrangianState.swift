/// The unknowns of a stack's decomposition `X_t = a_t S + O + E_t`, and the step on the sparse part `E` that both loops of the method share.
///
/// X are the frames, a_t a frame's scale, S the shading, O the offset, E what does not fit (nuclei), W the weights of its cost.
/// The multipliers Y are held divided by the penalty mu ("dual"): with `T = X - (aS + O) + Y/mu` and `C = T limited to +-W/mu`, the sparse
/// part is `T - C`, the new multiplier `mu C` and the constraint's residual `C - Y/mu`, so neither E nor Y is needed in memory.
struct LagrangianState: ~Copyable {
    let frameCount: Int
    let frames: WorkingPlanes
    let weights: WorkingPlanes
    let shading = WorkingPlanes()
    var offset = WorkingPlanes()
    /// X - E of each frame.
    let smoothPart: WorkingPlanes
    /// The sum over frames of X - E + Y/mu, with the mu of the next iteration.
    let unexplained = WorkingPlanes()
    var scales: [Double]

    private let dual: WorkingPlanes
    private let sums: UnsafeMutablePointer<FrameSums>
    /// The stack's norm, and its largest singular value as a matrix of one row per frame.
    private let norm: Double
    private let firstPenalty: Double
    private(set) var penalty: Double

    /// How mu grows, and up to which multiple of its first value.
    private static let penaltyGrowth = 1.5
    private static let penaltyCeiling = 1e7
    private static let penaltyNumerator = 12.5

    init(_ stack: [Plane<Double>], spectrum: StackSpectrum) {
        frameCount = stack.count
        frames = WorkingPlanes(stack)
        weights = WorkingPlanes(count: stack.count)
        weights.fill(1)
        smoothPart = WorkingPlanes(count: stack.count)
        dual = WorkingPlanes(count: stack.count)
        scales = Array(repeating: 1, count: stack.count)
        sums = .allocate(capacity: stack.count)
        sums.initialize(repeating: FrameSums(), count: stack.count)
        norm = spectrum.norm
        firstPenalty = Self.penaltyNumerator / spectrum.largestSingularValue
        penalty = firstPenalty
    }

    deinit { sums.deallocate() }

    /// Multipliers to 0, mu to its first value. Frames, weights and fields stay.
    mutating func restart() {
        dual.fill(0)
        penalty = firstPenalty
    }

    /// Sums over one frame of X - E.
    struct FrameSums {
        var all = Pair.zero
        /// Where the shading is above (or at) its mean.
        var bright = Pair.zero
        /// Where the shading is below (or at) its mean.
        var dark = Pair.zero
        /// Squares of the constraint's residual.
        var residual = Pair.zero
    }

    func sums(of frame: Int) -> FrameSums { sums[frame] }

    /// Weights for the next round: 1 / (|E / level| + 0.1), normalised to a mean of 1, so that what sticks out counts less.
    /// - Parameters:
    ///   - levels: the mean of a_t S + O for each frame.
    ///   - inverted: whether level / (E + 1e-6) takes the place of E / level, as in the original's baseline estimate.
    func reweight(levels: [Double], inverted: Bool) {
        let floor = Pair(repeating: 0.1)
        let one = Pair(repeating: 1)
        let nudge = Pair(repeating: 1e-6)
        var total = Pair.zero
        for frame in 0..<frameCount {
            let (values, smooth, target) = (frames[frame], smoothPart[frame], weights[frame])
            let level = Pair(repeating: levels[frame])
            for index in 0..<WorkingPlanes.pairs {
                let sparse = values[index] - smooth[index]
                let ratio = inverted ? level / (sparse + nudge) : sparse / level
                let weight = one / (ratio.replacing(with: -ratio, where: ratio .< .zero) + floor)
                target[index] = weight
                total += weight
            }
        }
        let factor = Pair(repeating: Double(frameCount * WorkingPlanes.pixels) / total.sum())
        for index in 0..<frameCount * WorkingPlanes.pairs { weights.first[index] *= factor }
    }

    /// Updates the sparse part and the multipliers, and then mu.
    /// - Parameter shadingMean: divides the pixels into bright and dark ones; those within `tolerance` of it are both.
    /// - Returns: the norm of the constraint's residual as a fraction of the stack's.
    mutating func updateSparsePart(shadingMean: Double, tolerance: Double = 1e-6) -> Double {
        let next = min(penalty * Self.penaltyGrowth, firstPenalty * Self.penaltyCeiling)
        let step = Step(
            inversePenalty: Pair(repeating: 1 / penalty), dualRatio: Pair(repeating: penalty / next),
            brightFrom: Pair(repeating: shadingMean - tolerance), darkTo: Pair(repeating: shadingMean + tolerance))
        sums.update(repeating: FrameSums(), count: frameCount)
        unexplained.fill(0)
        // Blocks small enough for the shared planes to stay in the first-level cache while all frames pass.
        for block in stride(from: 0, to: WorkingPlanes.pairs, by: Step.blockPairs) {
            for frame in 0..<frameCount {
                step.run(
                    frame: frames[frame] + block, weights: weights[frame] + block, shading: shading.first + block, offset: offset.first + block,
                    scale: Pair(repeating: scales[frame]), dual: dual[frame] + block, smoothPart: smoothPart[frame] + block,
                    unexplained: unexplained.first + block, sums: &sums[frame])
            }
        }
        penalty = next
        return ((0..<frameCount).reduce(0) { $0 + sums[$1].residual.sum() }).squareRoot() / norm
    }
}

/// The constants of one update, and its inner loop.
private struct Step {
    static let blockPairs = 256

    let inversePenalty: Pair
    let dualRatio: Pair
    let brightFrom: Pair
    let darkTo: Pair

    @inline(__always)
    func run(
        frame: UnsafePointer<Pair>, weights: UnsafePointer<Pair>, shading: UnsafePointer<Pair>, offset: UnsafePointer<Pair>, scale: Pair,
        dual: UnsafeMutablePointer<Pair>, smoothPart: UnsafeMutablePointer<Pair>, unexplained: UnsafeMutablePointer<Pair>,
        sums: inout LagrangianState.FrameSums
    ) {
        var local = sums
        for index in 0..<Self.blockPairs {
            let (value, multiplier, light) = (frame[index], dual[index], shading[index])
            let candidate = value - (light * scale + offset[index]) + multiplier
            let limited = candidate.limited(to: weights[index] * inversePenalty)
            let residual = limited - multiplier
            let smooth = value - (candidate - limited)
            let carried = limited * dualRatio
            local.all += smooth
            local.bright += smooth.replacing(with: Pair.zero, where: light .<= brightFrom)
            local.dark += smooth.replacing(with: Pair.zero, where: light .>= darkTo)
            local.residual += residual * residual
            dual[index] = carried
            smoothPart[index] = smooth
            unexplained[index] += smooth + carried
        }
        sums = local
    }
}
