import IDRFiles
import IDRRecord
import IDRScreens

/// What a person should know of an image before trusting its numbers.
struct ImageWarning {
    let image: ImageKey
    /// Of the channel that it is about; empty where it is about the image.
    let channel: String
    /// The same for all images that have it.
    let kind: String
    /// As the batch's record has it.
    let text: String

    private init(_ image: ImageKey, _ channel: String, _ kind: String, text: String? = nil) {
        (self.image, self.channel, self.kind) = (image, channel, kind)
        self.text = "\(image)\(channel.isEmpty ? "" : " " + channel): \(text ?? kind)"
    }

    /// - Parameter range: of the diameters that the size model knows, in pixels; nil where there is none.
    static func all(of image: ImageRecord, _ range: ClosedRange<Double>?) -> [ImageWarning] {
        let key = ImageKey(image)
        var warnings = image.input.passedOver.map { ImageWarning(key, "", "a source was passed over", text: "passed over: \($0)") }
        warnings += ((image.input.notes ?? []) + (image.notes ?? [])).map { note in
            let isOfAnother = note.hasPrefix(MovieIdentity.beginning)
            return ImageWarning(key, "", isOfAnother ? MovieIdentity.beginning : "something is odd about the pixels", text: note)
        }
        for channel in image.channels {
            guard let correction = channel.correction, !correction.isUsual else { continue }
            warnings.append(ImageWarning(key, channel.name, "illumination correction: \(correction.status)"))
        }
        if image.segmentation.diameterSource == Diameter.ofImage, image.segmentation.found > 0, let range,
            let outside = DiameterNotes.outside(image.segmentation.diameter, range)
        {
            warnings.append(ImageWarning(key, "", "the estimated diameter is one that the size model does not know", text: outside))
        }
        if image.cells == 0 { warnings.append(ImageWarning(key, "", "no nuclei were found")) }
        if image.undefinedCells > 0 {
            let kind = "nuclei have constant crops and no features"
            warnings.append(ImageWarning(key, "", kind, text: "\(image.undefinedCells) \(kind)"))
        }
        return warnings
    }

    /// A line a kind over many images, the kinds in the order in which they appear: where few images have it they are named, else counted.
    static func lines(of images: [ImageRecord], _ range: ClosedRange<Double>?) -> [String] {
        let all = images.flatMap { Self.all(of: $0, range) }
        var kinds: [String] = []
        for warning in all where !kinds.contains(warning.kind) { kinds.append(warning.kind) }
        let byKind = Dictionary(grouping: all) { $0.kind }
        return kinds.map { kind in
            let own = Set((byKind[kind] ?? []).map(\.image)).sorted()
            let named = own.prefix(3).map(\.description).joined(separator: ", ")
            return "\(own.count) of \(images.count.counted("image", "images")): \(kind) (\(named)\(own.count > 3 ? ", ..." : ""))"
        }
    }
}
