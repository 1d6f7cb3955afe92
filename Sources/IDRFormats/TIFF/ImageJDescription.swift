import IDRPlan

/// The lines "ImageJ=1.54f", "images=6", "channels=2", ... by which ImageJ and Fiji say what the pages of a TIFF are.
struct ImageJDescription: Equatable {
    var channels: Int
    var slices: Int
    var frames: Int
}

extension ImageJDescription {
    /// Reads `text`; nil where ImageJ did not write it, or it says nothing about axes.
    /// - Throws: ``IDRError`` where it does not fit the number of pages.
    init?(_ text: String, pages: Int, of path: String) throws(IDRError) {
        guard text.hasPrefix("ImageJ=") else { return nil }
        var values: [Substring: Int] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2, let number = Int(parts[1]), number >= 1 { values[parts[0]] = number }
        }
        self.init(channels: values["channels"] ?? 1, slices: values["slices"] ?? 1, frames: values["frames"] ?? 1)
        let images = values["images"] ?? pages
        // A stack without axes is no description of them.
        if channels == 1, slices == 1, frames == 1, images == pages { return nil }
        let (planes, overflow) = channels.multipliedReportingOverflow(by: slices)
        let (total, overflows) = planes.multipliedReportingOverflow(by: frames)
        guard !overflow, !overflows, total == pages, images == pages else {
            throw IDRError(
                .invalidInput, "\(path) does not hold the planes that ImageJ's description names",
                because: "it names \(images) images: \(channels) channels, \(slices) slices and \(frames) frames; the file has \(pages)",
                fix: "fetch the file again, or save it as OME-TIFF")
        }
    }

    /// How many images ImageJ's description names; nil where ImageJ did not write it.
    static func images(_ text: String) -> Int? {
        guard text.hasPrefix("ImageJ=") else { return nil }
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("images=") }
        return line.flatMap { Int($0.dropFirst("images=".count)) }
    }
}
