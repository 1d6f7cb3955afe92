extension CellProfiler {
    /// One channel of an image with intensities as CellProfiler measures them: in single precision, 1 being the brightest that the image could hold.
    ///
    /// CellProfiler divides by the range of the file's number type: 255 for 8 bits, 65535 for 16 bits, 1 for floating point. (A file may declare
    /// another range, as a camera of 12 bits does; give it as `fullScale`.) Corrected planes are 8-bit and so always divided by 255.
    package struct Channel: Sendable {
        /// As it stands in the names of columns: `Intensity_MeanIntensity_<name>`.
        package let name: String
        /// `[y, x]`, intensities divided by the full scale: 0...1, or what a floating-point plane held.
        package let plane: Plane<Float>

        /// - Parameters:
        ///   - plane: `[y, x]`, stored values 0...255.
        ///   - fullScale: the stored value that becomes 1; above 0.
        package init(_ name: String, _ plane: Plane<UInt8>, fullScale: Float = 255) {
            self.init(name, dividing: plane, by: fullScale)
        }

        /// - Parameters:
        ///   - plane: `[y, x]`, stored values 0...65535.
        ///   - fullScale: the stored value that becomes 1; above 0.
        package init(_ name: String, _ plane: Plane<UInt16>, fullScale: Float = 65535) {
            self.init(name, dividing: plane, by: fullScale)
        }

        /// - Parameters:
        ///   - plane: `[y, x]`, values of any range; one that is not finite makes its object's intensities NaN or infinite, and no other's.
        ///   - fullScale: the stored value that becomes 1; above 0. By default values are taken as they are.
        package init(_ name: String, _ plane: Plane<Float>, fullScale: Float = 1) {
            precondition(fullScale > 0, "the full scale is above zero")
            self.name = name
            self.plane = fullScale == 1 ? plane : plane.map { $0 / fullScale }
        }

        private init<Pixel: FixedWidthInteger & Sendable>(_ name: String, dividing plane: Plane<Pixel>, by fullScale: Float) {
            precondition(fullScale > 0, "the full scale is above zero")
            self.name = name
            // Divided and not multiplied by the inverse: the quotient is CellProfiler's to the bit.
            self.plane = plane.map { Float($0) / fullScale }
        }
    }
}
