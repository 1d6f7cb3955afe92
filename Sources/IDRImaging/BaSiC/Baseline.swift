/// The baseline estimate: every frame's background level under known fields, by the same augmented Lagrangian with only the scales free.
struct BaselineEstimate {
    /// One value per frame, in the unit of the pixels.
    let baseline: [Double]
    /// Iterations of each round.
    let iterations: [Int]
    let isConverged: Bool

    /// - Parameters:
    ///   - stack: resized frames in the order of time.
    ///   - flatfield: resized, mean near 1.
    ///   - darkfield: resized.
    init(
        _ stack: [Plane<Double>], flatfield: Plane<Double>, darkfield: Plane<Double>, settings: BaSiC.Settings
    ) throws(BaSiC.Degeneracy) {
        var state = LagrangianState(stack, spectrum: StackSpectrum(stack))
        state.shading.load(flatfield)
        state.offset.load(darkfield)
        let (shadingMean, offsetMean) = (state.shading.mean(), state.offset.mean())
        var counts: [Int] = []
        var isConverged = true
        var fittedScales: [Double] = []
        for round in 0..<settings.baselineRounds {
            state.restart()
            state.scales = (0..<stack.count).map { state.frames.mean($0) }
            var isSettled = false
            var count = 0
            while !isSettled && count < settings.baselineLimit {
                count += 1
                fittedScales = state.scales
                let residual = state.updateSparsePart(shadingMean: shadingMean)
                guard residual.isFinite else { throw .notFinite }
                state.scales = (0..<stack.count).map { frame in
                    max(state.sums(of: frame).all.sum() / Double(WorkingPlanes.pixels) - offsetMean, 0)
                }
                isSettled = residual < settings.decompositionTolerance
            }
            counts.append(count)
            isConverged = isConverged && isSettled
            if round + 1 < settings.baselineRounds {
                state.reweight(levels: fittedScales.map { $0 * shadingMean + offsetMean }, inverted: true)
            }
        }
        baseline = state.scales
        iterations = counts
        self.isConverged = isConverged
    }
}
