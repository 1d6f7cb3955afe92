package import IDRImaging
package import IDRPlan

/// A grey plane in the number type of its file.
package enum GreyImage: Sendable, Equatable {
    case uint8(Plane<UInt8>)
    case uint16(Plane<UInt16>)
    case uint32(Plane<UInt32>)

    /// The labels of a mask file.
    /// - Throws: ``IDRError`` where a label does not fit 32 signed bits.
    package func labels() throws(IDRError) -> LabelImage {
        switch self {
        case .uint8(let plane): return plane.map(Int32.init)
        case .uint16(let plane): return plane.map(Int32.init)
        case .uint32(let plane):
            if let large = plane.pixels.first(where: { $0 > UInt32(Int32.max) }) {
                throw IDRError(.invalidInput, "the mask has the label \(large)", because: "labels go up to \(Int32.max)")
            }
            return plane.map { Int32($0) }
        }
    }
}
