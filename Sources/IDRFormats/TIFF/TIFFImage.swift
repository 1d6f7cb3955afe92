import IDRPlan

/// One image of up to three axes beside y and x, whose planes are pages of TIFF files.
struct TIFFImage: Sendable {
    var name = ""
    let frames: Int
    let channels: Int
    let slices: Int
    let height: Int
    let width: Int
    /// In the file.
    let stored: StoredType
    /// Whether a page says so, and not a document about it, which may be wrong.
    let isTypeOfPage: Bool
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

    /// The images, by field, whose planes are the pages of one file that no OME-XML describes: as ImageJ or tifffile say, else as a person does.
    /// - Parameters:
    ///   - told: what pages are that say nothing of themselves.
    ///   - isDescribed: whether what is written in the file counts.
    /// - Throws: ``IDRError`` where nobody says what several pages are.
    static func images(pagesOf file: TIFFFile, _ told: TIFFPages?, isDescribed: Bool) throws(IDRError) -> [TIFFImage] {
        let stored = try file.stored
        let text = isDescribed ? file.description ?? "" : ""
        let layout: [(axis: PlaneAxis, count: Int)]
        let first = file.directories[file.pages[0]]
        let shape = TIFFShape(text, of: first)
        if let planes = shape?.planes, planes > file.pageCount {
            throw IDRError(
                .invalidInput, "\(file.path) does not hold the planes that its description names",
                because: "it names \(planes), and the file has \(file.pageCount.counted("page", "pages"))",
                fix: "fetch or write the file again, with a page for each plane")
        }
        if let order = try ImageJDescription(text, pages: file.pageCount, of: file.path) {
            // The channel changes fastest from page to page.
            layout = [(.frame, order.frames), (.z, order.slices), (.channel, order.channels)]
        } else if let pages = shape?.pages, let counts = pages.counts(file.pageCount) {
            layout = counts
        } else if file.pageCount == 1 {
            layout = []
        } else if let told {
            guard let counts = told.counts(file.pageCount) else {
                throw IDRError(
                    .invalidInput, "\(file.path) has \(file.pageCount) pages, which are not \(told.text)",
                    because: "the configuration says so of pages that say nothing of themselves (screens > tiffPages)",
                    fix: "correct the setting, or check that the file is whole")
            }
            layout = counts
        } else if !isDescribed {
            throw IDRError(
                .invalidInput, "\(file.path) has \(file.pageCount) pages",
                because: "the pattern of names counts frames, slices and channels, so each file holds one plane",
                fix: "leave the axis of its pages out of the pattern")
        } else {
            throw IDRError(
                .invalidInput, "nothing says what the \(file.pageCount) pages of \(file.path) are",
                because: "they may be frames, slices, channels or fields, and it has neither OME-XML nor a description by ImageJ",
                fix: "say it in the configuration: screens > tiffPages, such as [\"frame\"] or [\"field\", \"channel:2\"] "
                    + "(from the slowest to the fastest)")
        }
        func count(_ axis: PlaneAxis) -> Int { layout.first { $0.axis == axis }?.count ?? 1 }
        func step(_ axis: PlaneAxis) -> Int {
            layout.firstIndex { $0.axis == axis }.map { layout[($0 + 1)...].reduce(1) { $0 * $1.count } } ?? 0
        }
        return (0..<count(.field)).map { field in
            var pages: [Page?] = []
            for frame in 0..<count(.frame) {
                for channel in 0..<count(.channel) {
                    for slice in 0..<count(.z) {
                        let place = field * step(.field) + frame * step(.frame) + channel * step(.channel) + slice * step(.z)
                        pages.append(Page(file: 0, directory: file.pages[place]))
                    }
                }
            }
            return TIFFImage(
                name: "", frames: count(.frame), channels: count(.channel), slices: count(.z), height: first.height, width: first.width,
                stored: stored,
                channelNames: (1...count(.channel)).map { "channel \($0)" }, files: [file.path], pages: pages)
        }
    }

    init(
        name: String, frames: Int, channels: Int, slices: Int, height: Int, width: Int, stored: StoredType, isTypeOfPage: Bool = true,
        channelNames: [String],
        files: [String], pages: [Page?]
    ) {
        (self.name, self.frames, self.channels, self.slices) = (name, frames, channels, slices)
        (self.height, self.width, self.stored, self.channelNames) = (height, width, stored, channelNames)
        (self.files, self.pages, self.isTypeOfPage) = (files, pages, isTypeOfPage)
    }
}

extension TIFFFile {
    /// The number type of its first page.
    var stored: StoredType { get throws(IDRError) { try stored(pages[0]) } }

    /// The number type of the page at a place in the main list, as it is read.
    func stored(_ directory: Int) throws(IDRError) -> StoredType {
        do throws(TIFFStream.Failure) {
            let stored = try directories[directory].stored
            return stored == .uint8 && flex?.factors != nil ? .uint16 : stored
        } catch {
            throw IDRError(.invalidInput, "\(path) is not a usable TIFF image", because: error.reason, fix: error.advice)
        }
    }
}
