package import IDRPlan

extension BaSiC {
    /// lambda_F and lambda_D of a stack: the sum of the absolute cosine coefficients of its mean frame (128 x 128, divided by its
    /// mean), over 800; and a fifth of it.
    ///
    /// - Parameter frames: `[y, x]`, at least one, of one size.
    /// - Returns: nil where the frames' mean is 0 or not finite.
    /// - Throws: ``IDRError`` where there is no frame, or an empty one, or frames of different sizes.
    package static func penalties<Pixel: Intensity>(of frames: [Plane<Pixel>]) throws(IDRError) -> Penalties? {
        penalties(ofWorking: try workingStack(frames))
    }

    /// Estimates flatfield, darkfield and baselines of a stack of frames.
    ///
    /// Always ends. Stacks that determine no fields (``Degeneracy``) give at once a fit that changes nothing.
    /// - Parameters:
    ///   - frames: `[y, x]`, in the order of time, of one size.
    ///   - penalties: nil computes them from these frames. The published pipeline passes every movie those of its first one.
    ///   - settings: tolerances and bounds.
    /// - Throws: ``IDRError`` where there is no frame, or an empty one, or frames of different sizes, or where penalties are negative
    ///   or not finite, or bounds below 1.
    package static func fit<Pixel: Intensity>(
        _ frames: [Plane<Pixel>], penalties: Penalties? = nil, settings: Settings = .published
    ) throws(IDRError) -> Fit {
        try check(settings)
        if let penalties { try check(penalties) }
        let stack = try workingStack(frames)
        let (height, width) = (frames[0].height, frames[0].width)
        let penalties = penalties ?? self.penalties(ofWorking: stack)
        do throws(Degeneracy) {
            if let reason = degeneracy(of: stack) { throw reason }
            guard let penalties else { throw .notFinite }
            return try estimate(stack, height: height, width: width, penalties: penalties, settings: settings)
        } catch {
            return .identity(height: height, width: width, frames: frames.count, penalties: penalties, because: error)
        }
    }

    /// The frames at the size on which fields are estimated, 128 x 128, in the order of time.
    package static func workingStack<Pixel: Intensity>(_ frames: [Plane<Pixel>]) throws(IDRError) -> [Plane<Double>] {
        guard let first = frames.first else { throw IDRError(.invalidInput, "illumination correction needs at least one frame") }
        for (index, frame) in frames.enumerated() {
            guard frame.height > 0 && frame.width > 0 else { throw IDRError(.invalidInput, "frame \(index + 1) of the stack has no pixels") }
            guard frame.height == first.height && frame.width == first.width else {
                throw IDRError(
                    .invalidInput, "the frames of the stack differ in size",
                    because: "frame 1 is \(first.height) x \(first.width), frame \(index + 1) is \(frame.height) x \(frame.width)")
            }
        }
        return frames.map { resize($0, height: workingSize, width: workingSize) }
    }

    /// The stack with the values of each pixel in ascending order along the frames.
    package static func sortedAlongFrames(_ stack: [Plane<Double>]) -> [Plane<Double>] {
        var sorted = stack
        var values = [Double](repeating: 0, count: stack.count)
        for pixel in 0..<(stack.first?.pixels.count ?? 0) {
            for frame in stack.indices { values[frame] = stack[frame].pixels[pixel] }
            values.sort()
            for frame in stack.indices { sorted[frame].pixels[pixel] = values[frame] }
        }
        return sorted
    }

    static func mean(of stack: [Plane<Double>]) -> Plane<Double> {
        var mean = stack[0]
        for plane in stack.dropFirst() {
            for index in mean.pixels.indices { mean.pixels[index] += plane.pixels[index] }
        }
        let count = Double(stack.count)
        return mean.map { $0 / count }
    }

    private static func penalties(ofWorking stack: [Plane<Double>]) -> Penalties? {
        let mean = mean(of: stack)
        let level = mean.pixels.reduce(0, +) / Double(mean.pixels.count)
        guard level != 0, level.isFinite else { return nil }
        let sum = CosineTransform().coefficients(of: mean).pixels.reduce(0) { $0 + abs($1 / level) }
        let flatfield = sum / penaltyDivisor
        return flatfield.isFinite ? Penalties(flatfield: flatfield, darkfield: darkfieldShare * flatfield) : nil
    }

    /// Recognises the stacks for which the original's equations have no finite solution.
    private static func degeneracy(of stack: [Plane<Double>]) -> Degeneracy? {
        guard stack.allSatisfy({ $0.pixels.allSatisfy(\.isFinite) }) else { return .notFinite }
        if stack.allSatisfy({ $0.pixels.allSatisfy { $0 == 0 } }) { return .allZero }
        if stack.count == 1 { return .singleFrame }
        if stack.allSatisfy({ plane in plane.pixels.allSatisfy { $0 == plane.pixels[0] } }) { return .constantFrames }
        if stack.allSatisfy({ $0 == stack[0] }) { return .identicalFrames }
        return nil
    }

    private static func check(_ penalties: Penalties) throws(IDRError) {
        guard penalties.flatfield.isFinite, penalties.darkfield.isFinite, penalties.flatfield >= 0, penalties.darkfield >= 0 else {
            throw IDRError(
                .invalidPlan, "the illumination penalties \(penalties.flatfield) and \(penalties.darkfield) cannot be used",
                because: "they must be finite and not negative")
        }
    }

    private static func check(_ settings: Settings) throws(IDRError) {
        let bounds = [settings.reweightingLimit, settings.decompositionLimit, settings.baselineRounds, settings.baselineLimit]
        guard bounds.allSatisfy({ $0 >= 1 }) else {
            throw IDRError(.invalidPlan, "the bounds of the illumination estimate must be at least 1", because: "they are \(bounds)")
        }
    }
}

extension BaSiC {
    /// The outer loop: decompose, weigh down what sticks out, and again, until the fields stay.
    private static func estimate(
        _ stack: [Plane<Double>], height: Int, width: Int, penalties: Penalties, settings: Settings
    ) throws(Degeneracy) -> Fit {
        var decomposition = Decomposition(
            sorted: sortedAlongFrames(stack), mean: mean(of: stack), penalties: penalties, settings: settings)
        var iterations: [Int] = []
        var last: (flatfield: Plane<Double>, darkfield: Plane<Double>)?
        var result: Decomposition.Result
        var isSettled = false
        var allConverged = true
        repeat {
            result = try decomposition.run()
            iterations.append(result.iterations)
            allConverged = allConverged && result.isConverged
            let flatfield = try normalized(result.shading)
            if let last {
                let change = max(
                    change(from: last.flatfield, to: flatfield, smallest: 0, negligible: 0),
                    change(from: last.darkfield, to: result.darkfield, smallest: 1e-6, negligible: 1e-7))
                isSettled = change <= settings.reweightingTolerance
            }
            last = (flatfield, result.darkfield)
        } while !isSettled && iterations.count < settings.reweightingLimit

        let flatfield = try normalized(resize(result.shading, height: height, width: width))
        let darkfield = resize(result.darkfield, height: height, width: width)
        let baseline = try BaselineEstimate(
            stack, flatfield: resize(flatfield, height: workingSize, width: workingSize),
            darkfield: resize(darkfield, height: workingSize, width: workingSize), settings: settings)
        let status: Status =
            !allConverged
            ? .iterationLimit(.decomposition)
            : !baseline.isConverged ? .iterationLimit(.baseline) : isSettled ? .converged : .iterationLimit(.reweighting)
        return Fit(
            flatfield: flatfield, darkfield: darkfield, baseline: baseline.baseline, workingShading: result.shading,
            workingDarkfield: result.darkfield, penalties: penalties, decompositionIterations: iterations,
            baselineIterations: baseline.iterations, status: status)
    }

    private static func normalized(_ plane: consuming Plane<Double>) throws(Degeneracy) -> Plane<Double> {
        let mean = plane.pixels.reduce(0, +) / Double(plane.pixels.count)
        guard mean != 0, mean.isFinite else { throw .notFinite }
        // In place: a frame of doubles is 11 MB, whose pages cost more than the division.
        for index in plane.pixels.indices { plane.pixels[index] /= mean }
        return plane
    }

    /// Sum of absolute differences over the sum of absolute values; 0 where the differences are below `negligible`.
    private static func change(from old: Plane<Double>, to new: Plane<Double>, smallest: Double, negligible: Double) -> Double {
        var (difference, size) = (0.0, 0.0)
        for index in old.pixels.indices {
            difference += abs(new.pixels[index] - old.pixels[index])
            size += abs(old.pixels[index])
        }
        return difference < negligible ? 0 : difference / max(size, smallest)
    }
}
