package import IDRFormats
package import IDRImaging

/// What a person should know of the pixels of an image's nuclei before trusting their features.
package enum PixelNotes {
    /// Nuclei with fewer grey levels than this say little about themselves; those of real 8-bit movies have 21 and more.
    static let fewestLevels = 16
    /// Nuclei of so few pixels have few levels in any case.
    static let fewestPixels = 1000
    /// The part of nuclei's pixels that may have the largest value of their number type, or of a camera's bits.
    static let mostSaturated = 0.01
    /// Pixels that are so many times as bright as all others ...
    static let hotRatio: Float = 3
    /// ... are hot ones where they are no more than this part of the image; debris has more.
    static let mostHot = 1.0 / 20_000

    /// - Parameters:
    ///   - frame: as nuclei were cut out of it.
    ///   - pixels: as they were read, of the same size.
    ///   - labels: of the nuclei.
    package static func of(_ frame: PixelPlane, readAs pixels: PixelPlane, nuclei labels: LabelImage) -> [String] {
        guard pixels.height == labels.height, pixels.width == labels.width, frame.height == labels.height, frame.width == labels.width else {
            return []
        }
        let read = pixels.asFloat().pixels
        // What was corrected as floating point has as many levels as pixels: those that were read count.
        return [hot(read), saturated(pixels, labels), few(frame.asFloat().pixels, labels) ?? few(read, labels)].compactMap(\.self)
    }

    private static func hot(_ pixels: [Float]) -> String? {
        let largest = pixels.reduce(Float(0)) { $1.isFinite && $1 > $0 ? $1 : $0 }
        guard largest > 0 else { return nil }
        let limit = largest / hotRatio
        let hot = pixels.reduce(0) { $0 + ($1 > limit ? 1 : 0) }
        guard hot <= max(4, Int(Double(pixels.count) * mostHot)) else { return nil }
        let text = largest == largest.rounded() && largest < 1e9 ? "\(Int(largest))" : "\(largest)"
        return
            "\(hot) of \(pixels.count) pixels are more than \(Int(hotRatio)) times as bright as all others (up to \(text)): hot pixels set the range"
    }

    private static func saturated(_ pixels: PixelPlane, _ labels: LabelImage) -> String? {
        guard pixels.pixelType != .float32 else { return nil }
        var (count, most, largest) = (0, 0, Float(0))
        for (value, label) in zip(pixels.asFloat().pixels, labels.pixels) where label > 0 {
            count += 1
            if value > largest { (largest, most) = (value, 1) } else if value == largest { most += 1 }
        }
        // 255, 4,095 or 65,535: what a camera of so many bits ends with.
        let next = Int(largest) + 1
        guard next >= 256, next & (next - 1) == 0, Double(most) > Double(count) * mostSaturated else { return nil }
        return "\(most * 100 / max(1, count)) % of the pixels of nuclei are saturated (\(Int(largest)))"
    }

    private static func few(_ frame: [Float], _ labels: LabelImage) -> String? {
        var levels = Set<Float>()
        var count = 0
        for (value, label) in zip(frame, labels.pixels) where label > 0 {
            count += 1
            levels.insert(value)
            if levels.count >= fewestLevels { return nil }
        }
        return count >= fewestPixels ? "the pixels of nuclei have only \(levels.count) grey levels" : nil
    }
}

extension FieldImages {
    /// Puts down what is to be known of the pixels of each channel that is used.
    mutating func notePixels() throws {
        for position in images.indices {
            guard let nuclei = images[position].nuclei else { continue }
            var notes: [String] = []
            for number in channels.all {
                let fetched = try fetched.channel(number)
                guard fetched.kept.indices.contains(position) else { continue }
                let found = PixelNotes.of(try plane(number, position), readAs: fetched.planes[fetched.kept[position]], nuclei: nuclei.labels)
                notes += found.map { channels.all.count > 1 ? "\(channels.name(of: number)): \($0)" : $0 }
            }
            images[position].record.notes = notes.isEmpty ? nil : notes
        }
    }
}
