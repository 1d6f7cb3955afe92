extension BaSiC {
    /// A pixel type whose planes can be corrected. Rows are widened to `Double` once, where they are read.
    package protocol Intensity: Sendable {
        /// Writes the `Double` value of each of the `count` pixels at `row` to `target`.
        static func widen(_ row: UnsafePointer<Self>, count: Int, into target: UnsafeMutablePointer<Double>)
    }
}

// One concrete loop per type: a generic one would convert pixel by pixel through the witness table.

extension UInt8: BaSiC.Intensity {
    package static func widen(_ row: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<Double>) {
        for index in 0..<count { target[index] = Double(row[index]) }
    }
}

extension UInt16: BaSiC.Intensity {
    package static func widen(_ row: UnsafePointer<UInt16>, count: Int, into target: UnsafeMutablePointer<Double>) {
        for index in 0..<count { target[index] = Double(row[index]) }
    }
}

extension Float: BaSiC.Intensity {
    package static func widen(_ row: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<Double>) {
        for index in 0..<count { target[index] = Double(row[index]) }
    }
}

extension Double: BaSiC.Intensity {
    package static func widen(_ row: UnsafePointer<Double>, count: Int, into target: UnsafeMutablePointer<Double>) {
        target.update(from: row, count: count)
    }
}

extension Plane where Pixel: BaSiC.Intensity {
    /// The plane with every value as `Double`.
    func widened() -> Plane<Double> {
        Plane<Double>(
            height: height, width: width,
            pixels: [Double](unsafeUninitializedCapacity: pixels.count) { buffer, initialized in
                pixels.withUnsafeBufferPointer { source in
                    guard let from = source.baseAddress, let into = buffer.baseAddress else { return }
                    Pixel.widen(from, count: source.count, into: into)
                }
                initialized = pixels.count
            })
    }
}
