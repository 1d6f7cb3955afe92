/// Moves points through a field of displacements, with the original's precision: positions in single, interpolation in double.
struct FlowWalker {
    /// (y, x) displacements as pairs of floats, row after row, one row and one pair more than the image has.
    let field: UnsafeRawPointer
    let height: Int
    let width: Int
    let interpolated: Bool

    /// Points that are moved together: enough to hide the latency of a step, few enough to stay in the first cache.
    private static let block = 512
    /// Steps between two looks for points that have settled. Orbits of 1, 2, 3, 4, 6 and 12 steps are found, and those are the usual ones.
    private static let round = 12

    /// Moves each of `points`, (y, x) inside the image, by `iterations` steps.
    func walk(_ points: UnsafeMutablePointer<SIMD2<Float>>, count: Int, iterations: Int) {
        guard iterations > 0 else { return }
        withUnsafeTemporaryAllocation(of: SIMD2<Float>.self, capacity: 2 * Self.block) { scratch in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.block) { slots in
                guard let scratch = scratch.baseAddress, let slots = slots.baseAddress else { return }
                var start = 0
                while start < count {
                    let n = min(Self.block, count - start)
                    walkBlock(points + start, n, iterations, active: scratch, before: scratch + Self.block, slots)
                    start += n
                }
            }
        }
    }

    /// A point that a round brings back to exactly where it was will be there after every further round, so it can stop. The odd steps are taken
    /// first; then only whole rounds remain.
    private func walkBlock(
        _ points: UnsafeMutablePointer<SIMD2<Float>>, _ count: Int, _ iterations: Int,
        active: UnsafeMutablePointer<SIMD2<Float>>, before: UnsafeMutablePointer<SIMD2<Float>>, _ slots: UnsafeMutablePointer<Int32>
    ) {
        for index in 0..<count {
            active[index] = points[index]
            slots[index] = Int32(truncatingIfNeeded: index)
        }
        var remaining = count
        for _ in 0..<(iterations % Self.round) { step(active, count) }
        var rounds = iterations / Self.round
        while rounds > 0 && remaining > 0 {
            rounds &-= 1
            before.update(from: active, count: remaining)
            for _ in 0..<Self.round { step(active, remaining) }
            var index = 0
            while index < remaining {
                if active[index] == before[index] {
                    points[Int(slots[index])] = active[index]
                    remaining &-= 1
                    active[index] = active[remaining]
                    before[index] = before[remaining]
                    slots[index] = slots[remaining]
                } else {
                    index &+= 1
                }
            }
        }
        for index in 0..<remaining { points[Int(slots[index])] = active[index] }
    }

    @inline(__always)
    private func step(_ points: UnsafeMutablePointer<SIMD2<Float>>, _ count: Int) {
        if interpolated { stepInterpolated(points, count) } else { stepNearest(points, count) }
    }

    private var limit: SIMD2<Float> { SIMD2(Float(height - 1), Float(width - 1)) }

    /// Products and sums are in the original's order, so every step has its bits.
    @inline(never)
    private func stepInterpolated(_ points: UnsafeMutablePointer<SIMD2<Float>>, _ count: Int) {
        let row = width &* MemoryLayout<SIMD2<Float>>.stride
        let limit = limit
        // Adding this number rounds to an integer that then stands in the lowest bits. Halves go to the even neighbour, so a whole coordinate may be
        // seen as its lower neighbour plus one; the interpolated value is the same.
        let rounder = SIMD2<Double>(repeating: 0x1.8p52)
        for index in 0..<count {
            let point = points[index]
            let exact = SIMD2<Double>(Double(point.x), Double(point.y))
            let rounded = (exact - 0.5) + rounder
            let corner = unsafeBitCast(rounded, to: SIMD2<UInt64>.self)
            let far = exact - (rounded - rounder)
            let near = 1 - far
            let (y, x) = (Int(UInt32(truncatingIfNeeded: corner.x)), Int(UInt32(truncatingIfNeeded: corner.y)))
            let upper = field + (y &* row &+ x &* MemoryLayout<SIMD2<Float>>.stride)
            let lower = upper + row
            let (nearY, nearX) = (SIMD2(repeating: near.x), SIMD2(repeating: near.y))
            let (farY, farX) = (SIMD2(repeating: far.x), SIMD2(repeating: far.y))
            let top = pair(upper) * nearY * nearX + pair(upper + 8) * nearY * farX
            let step = top + pair(lower) * farY * nearX + pair(lower + 8) * farY * farX
            points[index] = clamped(point + SIMD2(Float(step.x), Float(step.y)), limit)
        }
    }

    @inline(never)
    private func stepNearest(_ points: UnsafeMutablePointer<SIMD2<Float>>, _ count: Int) {
        let vectors = field.assumingMemoryBound(to: SIMD2<Float>.self)
        let limit = limit
        for index in 0..<count {
            let point = points[index]
            points[index] = clamped(point + vectors[Int(Int32(point.x)) &* width &+ Int(Int32(point.y))], limit)
        }
    }

    @inline(__always)
    private func pair(_ pointer: UnsafeRawPointer) -> SIMD2<Double> {
        let value = pointer.loadUnaligned(as: SIMD2<Float>.self)
        return SIMD2(Double(value.x), Double(value.y))
    }

    @inline(__always)
    private func clamped(_ point: SIMD2<Float>, _ limit: SIMD2<Float>) -> SIMD2<Float> {
        let low = point.replacing(with: 0, where: point .< 0)
        return low.replacing(with: limit, where: low .> limit)
    }
}
