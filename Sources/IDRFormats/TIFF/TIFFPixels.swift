import IDRImaging
import IDRPlan

/// The pixels of a page that was checked, which libtiff is at.
struct TIFFPixels {
    let tiff: OpaquePointer
    let page: TIFFPage
    /// Where the page's plane is in a stack without a list of pages.
    let stack: TIFFStack?
    let number: Int
    let stream: TIFFStream

    typealias Read = (plane: PixelPlane, gaps: PlaneGaps?)

    func plane() throws(TIFFStream.Failure) -> Read {
        let type = try page.stored
        switch type {
        case .bool, .uint8: return try read(UInt8.zero) { .uint8($0) }
        case .uint16: return try read(UInt16.zero) { .uint16($0) }
        case .float32: return try read(Float.zero) { .float32($0) }
        case .float16: return try read(UInt16.zero) { .float32($0.map(StoredType.half)) }
        case .int8: return try read(Int8.zero) { plane throws(IDRError) in try type.plane(plane) }
        case .int16: return try read(Int16.zero) { plane throws(IDRError) in try type.plane(plane) }
        case .int32: return try read(Int32.zero) { plane throws(IDRError) in try type.plane(plane) }
        case .uint32: return try read(UInt32.zero) { plane throws(IDRError) in try type.plane(plane) }
        case .int64: return try read(Int64.zero) { plane throws(IDRError) in try type.plane(plane) }
        case .uint64: return try read(UInt64.zero) { plane throws(IDRError) in try type.plane(plane) }
        case .float64: return try read(Double.zero) { plane throws(IDRError) in try type.plane(plane) }
        }
    }

    private func read<Pixel: BitwiseCopyable & Sendable>(
        _ zero: Pixel, _ convert: (Plane<Pixel>) throws(IDRError) -> PixelPlane
    ) throws(TIFFStream.Failure) -> Read {
        var gaps: PlaneGaps?
        let pixels: Plane<Pixel>
        if let stack {
            pixels = try stack.plane(number, page, zero: zero, of: stream)
        } else {
            (pixels, gaps) = try page.read(tiff, zero: zero)
        }
        do throws(IDRError) { return (try convert(pixels), gaps) } catch {
            throw TIFFStream.Failure([error.problem, error.reason].compactMap(\.self).joined(separator: ": "), fix: error.advice)
        }
    }
}
