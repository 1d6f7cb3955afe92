/// A two-dimensional image in row-major order, `[y, x]`: pixel (y, x) is `pixels[y * width + x]`.
///
/// Public, though no script sees it: the compiler specialises generic code of another module for its pixels only where that is public, and is
/// dozens of times slower where it does not.
public struct Plane<Pixel: Sendable>: Sendable {
    public let height: Int
    public let width: Int
    /// `height * width` values, row after row.
    public var pixels: [Pixel]

    @inlinable
    public init(height: Int, width: Int, pixels: [Pixel]) {
        precondition(height >= 0 && width >= 0 && pixels.count == height * width, "a plane holds height * width pixels")
        self.height = height
        self.width = width
        self.pixels = pixels
    }

    @inlinable
    public init(height: Int, width: Int, repeating value: Pixel) {
        self.init(height: height, width: width, pixels: Array(repeating: value, count: height * width))
    }

    @inlinable
    public subscript(y: Int, x: Int) -> Pixel {
        get { pixels[y * width + x] }
        set { pixels[y * width + x] = newValue }
    }

    @inlinable
    public func map<Other: Sendable>(_ transform: (Pixel) -> Other) -> Plane<Other> {
        Plane<Other>(height: height, width: width, pixels: pixels.map(transform))
    }
}

extension Plane: Equatable where Pixel: Equatable {}

/// A label image: 0 is background, 1...n are the objects.
package typealias LabelImage = Plane<Int32>
