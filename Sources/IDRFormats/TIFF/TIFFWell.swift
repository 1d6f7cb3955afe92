package import IDRPlan

/// A well whose planes are pages of TIFF files: one file for all of it, one per channel, per field, or per plane.
///
/// Axes that the file names do not count lie in the pages of each file, as its OME-XML, ImageJ's or tifffile's description says; several pages
/// that nothing describes are refused unless a ``TIFFPages`` says what they are. Images of an OME-TIFF are fields.
/// Where the names count all three, each file holds one page, and what is written in it of others does not count.
package struct TIFFWell: PlaneSource {
    package let extent: PlaneExtent
    package let pixelType: PixelType
    package let channelNames: [String]

    /// What errors say first: the plate, the well.
    private let subject: [String]
    /// By plane, with 1 for the axes in the files.
    private let paths: [PlaneIndex: String]
    private let axesInFiles: Set<PlaneAxis>
    /// The names of all files, also of those that are elsewhere; empty where there is one file.
    private let names: [PlaneIndex: String]
    /// Pages, from 1, of planes whose place in the file is known from elsewhere.
    private let numbers: [PlaneIndex: Int]
    private let stored: StoredType
    private let isTypeOfPage: Bool
    private let cache: TIFFCache

    /// The planes in one file: a TIFF, an OME-TIFF with the files that it names beside it, or their companion (`.companion.ome`).
    /// - Parameters:
    ///   - plate, well: of which the images are wanted where OME-XML describes several; without a well all images are fields.
    ///   - pages: what pages are that say nothing of themselves.
    ///   - subject: what errors say before the path.
    /// - Throws: ``IDRError`` where the first file is missing or cannot be used. No pixels are read.
    package init(
        reading path: String, plate: String? = nil, well: WellName? = nil, pages: TIFFPages? = nil, of subject: [String] = []
    ) throws(IDRError) {
        let cache = TIFFCache(well: well, plate: plate, pages: pages, areDescribed: true)
        try self.init([PlaneIndex(frame: 1): path], Layout(), cache, of: subject)
    }

    /// The planes in the files of `names`, of which those in `paths` are on this machine.
    /// - Parameter paths: where the files are, by the indices of ``TIFFWellNames/names``. Only what is to be read must be there, and at least one.
    /// - Throws: ``IDRError`` where the first of the files is missing or cannot be used. No pixels are read.
    package init(_ names: TIFFWellNames, paths: [PlaneIndex: String], of subject: [String] = []) throws(IDRError) {
        let isOpen = [PlaneAxis.frame, .z, .channel].contains { names.counts[$0] == nil }
        let cache = TIFFCache(well: names.well, plate: names.plate, pages: names.pages, areDescribed: isOpen)
        let words = names.pattern.parts.compactMap { part in if case .words(.channel, let words) = part { words } else { nil } }.first
        try self.init(paths, Layout(names: names.names, counts: names.counts, channelNames: words), cache, of: subject)
    }

    /// The planes where a plate's index says that they are.
    /// - Parameter paths: where the files are, by plane. Only what is to be read must be there, and at least one.
    /// - Throws: ``IDRError`` where the first of the files is missing or cannot be used. No pixels are read.
    init(_ well: IndexedWell, paths: [PlaneIndex: String], of subject: [String]) throws(IDRError) {
        let isOpen = [PlaneAxis.frame, .z, .channel].contains { well.counts[$0] == nil }
        let cache = TIFFCache(well: nil, plate: nil, pages: well.told, areDescribed: isOpen, onePageIsPlain: true, check: well.check)
        let layout = Layout(
            names: well.places.mapValues(\.file), numbers: well.places.compactMapValues(\.page), counts: well.counts, channelNames: well.channelNames)
        try self.init(paths, layout, cache, of: subject)
    }

    /// What is known of the planes before a file is opened.
    private struct Layout {
        var names: [PlaneIndex: String] = [:]
        var numbers: [PlaneIndex: Int] = [:]
        var counts: [PlaneAxis: Int] = [:]
        var channelNames: [String]?
    }

    private init(_ paths: [PlaneIndex: String], _ layout: Layout, _ cache: TIFFCache, of subject: [String]) throws(IDRError) {
        (self.paths, self.cache, self.subject) = (paths, cache, subject)
        (names, numbers) = (layout.names, layout.numbers)
        let counts = layout.counts
        axesInFiles = Set(PlaneAxis.allCases.filter { counts[$0] == nil })
        guard let first = paths.min(by: { $0.key.order < $1.key.order }) else {
            throw IDRError(.missing, "there are no TIFF files to read", at: subject, fix: "fetch those of the planes that are wanted")
        }
        let images: [TIFFImage]
        do throws(IDRError) {
            if let number = numbers[first.key] {
                images = [try cache.image(first.value, page: number)]
            } else {
                images = try cache.images(first.value)
            }
        } catch {
            throw error.at(subject)
        }
        // The cache never gives an empty list.
        let image = images[0]
        extent = PlaneExtent(
            fields: counts[.field] ?? images.count, frames: counts[.frame] ?? image.frames, channels: counts[.channel] ?? image.channels,
            slices: counts[.z] ?? image.slices, height: image.height, width: image.width)
        stored = image.stored
        isTypeOfPage = image.isTypeOfPage
        pixelType = stored.pixelType
        channelNames = counts[.channel].map { count in layout.channelNames ?? (1...max(1, count)).map { "channel \($0)" } } ?? image.channelNames
    }

    /// Reads planes `[y, x]`; the pages of a file are read together.
    @concurrent package func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane] { try readNow(indices).planes }

    @concurrent package func read(_ indices: [PlaneIndex]) async throws -> PlaneReading { try readNow(indices) }

    private func readNow(_ indices: [PlaneIndex]) throws(IDRError) -> PlaneReading {
        do throws(IDRError) {
            var slots: [String: [(slot: Int, directory: Int)]] = [:]
            for (slot, index) in indices.enumerated() {
                try extent.check(index)
                let place = try place(index)
                slots[place.path, default: []].append((slot, place.directory))
            }
            var planes = [(plane: PixelPlane, gaps: PlaneGaps?)?](repeating: nil, count: indices.count)
            for (path, wanted) in slots.sorted(by: { $0.key < $1.key }) {
                let file = try cache.file(path)
                let reading = try file.read(wanted.map(\.directory))
                for ((slot, directory), (plane, gaps)) in zip(wanted, zip(reading.planes, reading.gaps)) {
                    try check(plane.height, plane.width, (try? file.stored(directory)) ?? stored, path)
                    planes[slot] = (plane, gaps)
                }
            }
            return PlaneReading(planes.compactMap { $0?.plane }, gaps: planes.compactMap { $0.map(\.gaps) })
        } catch {
            throw error.at(subject)
        }
    }

    /// The file and its directory, from 0, of the plane.
    private func place(_ index: PlaneIndex) throws(IDRError) -> (path: String, directory: Int) {
        var key = index
        for axis in axesInFiles { key[axis] = 1 }
        if !names.isEmpty, names[key] == nil {
            throw IDRError(
                .missing, "no file holds \(index)", because: "\(names.count) files fit the pattern of names, and none of them is of it",
                fix: "fetch the file, or correct the pattern")
        }
        guard let path = paths[key] else {
            throw IDRError(.missing, "the file of \(index) is not there", fix: "fetch it before its planes are read")
        }
        if let number = numbers[key] { return (path, try cache.directory(path, page: number)) }
        let images = try cache.images(path)
        try check(images, of: path)
        var inFile = PlaneIndex(frame: 1)
        for axis in axesInFiles { inFile[axis] = index[axis] }
        let image = images[inFile.field - 1]
        try check(image.height, image.width, image.isTypeOfPage ? image.stored : stored, path)
        guard let page = image.page(inFile) else {
            throw IDRError(.missing, "no page holds \(index)", at: [path], because: "the OME-XML names no file for it")
        }
        return page
    }

    /// All images must have the axes that are counted here, and no other.
    private func check(_ images: [TIFFImage], of path: String) throws(IDRError) {
        for (axis, expected) in [(PlaneAxis.field, extent.fields), (.frame, extent.frames), (.channel, extent.channels), (.z, extent.slices)] {
            let isInFiles = axesInFiles.contains(axis)
            let found = axis == .field ? [images.count] : images.map { axis == .frame ? $0.frames : axis == .channel ? $0.channels : $0.slices }
            guard let other = found.first(where: { $0 != (isInFiles ? expected : 1) }) else { continue }
            let name = axis == .z ? "z slice" : axis.rawValue
            throw IDRError(
                .invalidInput, "\(path) has \(other) \(name)\(other == 1 ? "" : "s")",
                because: isInFiles ? "another image of the well has \(expected)" : "the pattern has {\(axis.rawValue)}, so each file holds one",
                fix: isInFiles ? "fetch the file again, or choose fields that agree" : "leave {\(axis.rawValue)} out of the pattern")
        }
    }

    private func check(_ height: Int, _ width: Int, _ type: StoredType, _ path: String) throws(IDRError) {
        guard height != extent.height || width != extent.width || isTypeOfPage && type != stored else { return }
        throw IDRError(
            .invalidInput, "\(path) has an image of \(height) x \(width) pixels, \(type.rawValue)",
            because: "the well has \(extent.height) x \(extent.width), \(stored.rawValue)", fix: "check that the file is whole and of this well")
    }
}
