/// Two neighbouring pixels of a row: the widest vector of doubles that every x86-64 machine has.
typealias Pair = SIMD2<Double>

/// Memory for some planes of 128 x 128 values, each a row-major run of pairs. Zero at first; freed with the value.
struct WorkingPlanes: ~Copyable {
    static let side = BaSiC.workingSize
    static let pixels = side * side
    static let pairs = pixels / 2
    static let pairsInRow = side / 2

    private let base: UnsafeMutablePointer<Pair>
    let count: Int

    init(count: Int = 1) {
        self.count = count
        base = .allocate(capacity: count * Self.pairs)
        base.initialize(repeating: .zero, count: count * Self.pairs)
    }

    init(_ planes: [Plane<Double>]) {
        self.init(count: planes.count)
        for (index, plane) in planes.enumerated() { load(plane, at: index) }
    }

    deinit { base.deallocate() }

    /// The plane's first pair. Valid while this value lives.
    var first: UnsafeMutablePointer<Pair> { base }

    subscript(plane: Int) -> UnsafeMutablePointer<Pair> { base + plane * Self.pairs }

    func fill(_ value: Double) {
        base.update(repeating: Pair(repeating: value), count: count * Self.pairs)
    }

    func load(_ plane: Plane<Double>, at index: Int = 0) {
        precondition(plane.height == Self.side && plane.width == Self.side, "a working plane has 128 rows and columns")
        plane.pixels.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(start: self[index], count: bytes.count).copyMemory(from: bytes)
        }
    }

    func plane(_ index: Int = 0) -> Plane<Double> {
        let source = UnsafeRawPointer(self[index]).assumingMemoryBound(to: Double.self)
        return Plane(height: Self.side, width: Self.side, pixels: Array(UnsafeBufferPointer(start: source, count: Self.pixels)))
    }

    func mean(_ index: Int = 0) -> Double {
        let plane = self[index]
        var even = Pair.zero
        var odd = Pair.zero
        for index in stride(from: 0, to: Self.pairs, by: 2) {
            even += plane[index]
            odd += plane[index &+ 1]
        }
        return (even + odd).sum() / Double(Self.pixels)
    }
}

extension Pair {
    /// Each element limited to -bound...bound; NaN stays NaN. Written as selections, which compile to one instruction each.
    @inline(__always)
    func limited(to bound: Pair) -> Pair {
        let lowered = replacing(with: bound, where: self .> bound)
        return lowered.replacing(with: -bound, where: lowered .< -bound)
    }

    /// Soft thresholding: elements move towards 0 by `threshold`, and no further than 0.
    @inline(__always)
    func shrunk(by threshold: Pair) -> Pair { self - limited(to: threshold) }
}
