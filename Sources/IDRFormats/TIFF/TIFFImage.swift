import IDRPlan

/// One image of up to three axes beside y and x, whose planes are pages of TIFF files.
struct TIFFImage: Sendable {
    var name = ""
    let frames: Int
    let channels: Int
    let slices: Int
    let height: Int
    let width: Int
    let pixelType: PixelType
    let channelNames: [String]
    /// Paths of the files that hold its planes.
    var files: [String]
    /// Where each plane is, `[frame][channel][z]`; nil where no file has it.
    var pages: [Page?]

    /// A directory of a file, both from 0.
    struct Page: Sendable, Hashable {
        let file: Int
        let directory: Int
    }

    /// Where the plane of `index` is, whose field does not count here. The index must be within the image's sizes.
    func page(_ index: PlaneIndex) -> (path: String, directory: Int)? {
        let place = ((index.frame - 1) * channels + index.channel - 1) * slices + index.z - 1
        guard pages.indices.contains(place), let page = pages[place] else { return nil }
        return (files[page.file], page.directory)
    }

    /// The pages of one file that no OME-XML describes: in ImageJ's order where ImageJ wrote it, else along `axis`, and frames without one.
    init(pagesOf file: TIFFFile, along axis: PlaneAxis?) throws(IDRError) {
        let first = file.directories[file.pages[0]]
        do throws(TIFFStream.Failure) {
            pixelType = try first.pixelType
        } catch {
            throw IDRError(.invalidInput, "\(file.path) is not a usable TIFF image", because: error.reason, fix: error.advice)
        }
        (height, width) = (first.height, first.width)
        let description = axis == nil ? nil : file.description
        let order =
            try ImageJDescription(description ?? "", pages: file.pageCount, of: file.path)
            ?? ImageJDescription(
                channels: axis == .channel ? file.pageCount : 1, slices: axis == .z ? file.pageCount : 1,
                frames: axis == .channel || axis == .z ? 1 : file.pageCount)
        (frames, channels, slices) = (order.frames, order.channels, order.slices)
        channelNames = (1...order.channels).map { "channel \($0)" }
        files = [file.path]
        pages = []
        for frame in 0..<frames {
            for channel in 0..<channels {
                for slice in 0..<slices {
                    // ImageJ: the channel changes fastest from page to page.
                    pages.append(Page(file: 0, directory: file.pages[(frame * slices + slice) * channels + channel]))
                }
            }
        }
    }

    init(
        name: String, frames: Int, channels: Int, slices: Int, height: Int, width: Int, pixelType: PixelType, channelNames: [String],
        files: [String], pages: [Page?]
    ) {
        (self.name, self.frames, self.channels, self.slices) = (name, frames, channels, slices)
        (self.height, self.width, self.pixelType, self.channelNames) = (height, width, pixelType, channelNames)
        (self.files, self.pages) = (files, pages)
    }
}
