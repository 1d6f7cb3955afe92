import IDRFiles
import IDRPlan
import Synchronization

/// What is known of the TIFF files of a well: each is looked at once. Pixels are not kept.
final class TIFFCache: Sendable {
    private let well: WellName?
    private let plate: String?
    /// What the pages of a file are that says nothing of them, where a person says it.
    private let told: TIFFPages?
    /// Whether what is written in the files counts; not where the names count all planes.
    private let areDescribed: Bool
    /// Whether a file of one page holds that plane whatever is written in it, as where an index names a file for each plane: what OME-TIFFs
    /// say of the files beside them does not count then.
    private let onePageIsPlain: Bool
    /// Looks at a file before anything of it is used.
    private let check: @Sendable (_ file: TIFFFile) throws(IDRError) -> Void
    private let known = Mutex<(files: [String: TIFFFile], images: [String: [TIFFImage]])>(([:], [:]))

    init(
        well: WellName?, plate: String?, pages told: TIFFPages?, areDescribed: Bool, onePageIsPlain: Bool = false,
        check: @escaping @Sendable (_ file: TIFFFile) throws(IDRError) -> Void = { _ in }
    ) {
        (self.well, self.plate, self.told, self.areDescribed, self.check) = (well, plate, told, areDescribed, check)
        self.onePageIsPlain = onePageIsPlain
    }

    func file(_ path: String) throws(IDRError) -> TIFFFile {
        if let file = known.withLock({ $0.files[path] }) { return file }
        // Outside the lock: two readers may look at one file twice, which does no harm.
        let file = try TIFFFile(reading: path)
        try check(file)
        known.withLock { $0.files[path] = file }
        return file
    }

    /// The place in the file's main list of a page in full size.
    /// - Parameter page: from 1.
    func directory(_ path: String, page: Int) throws(IDRError) -> Int {
        let file = try file(path)
        guard file.pages.indices.contains(page - 1) else {
            throw IDRError(
                .missing, "\(path) has no page \(page)", because: "it has \(file.pageCount) in full size, and the plate's index names that one",
                fix: "fetch the file again, or the index")
        }
        return file.pages[page - 1]
    }

    /// One page as an image of its own.
    func image(_ path: String, page: Int) throws(IDRError) -> TIFFImage {
        let (file, directory) = (try file(path), try directory(path, page: page))
        let found = file.directories[directory]
        return TIFFImage(
            name: "", frames: 1, channels: 1, slices: 1, height: found.height, width: found.width, stored: try file.stored(directory),
            channelNames: [], files: [path], pages: [TIFFImage.Page(file: 0, directory: directory)])
    }

    /// The images in the file at `path`, which is a TIFF or the companion of OME-TIFFs.
    func images(_ path: String) throws(IDRError) -> [TIFFImage] {
        if let images = known.withLock({ $0.images[path] }) { return images }
        let images = try described(path)
        known.withLock { $0.images[path] = images }
        return images
    }

    private func described(_ path: String) throws(IDRError) -> [TIFFImage] {
        let name = path.lowercased()
        if name.hasSuffix(".ome") || name.hasSuffix(".ome.xml") { return try companion(path, in: nil) }
        let file = try file(path)
        if areDescribed, let flex = file.flex { return try flex.images(of: file) }
        if onePageIsPlain, file.pageCount == 1 { return try TIFFImage.images(pagesOf: file, told, isDescribed: false) }
        guard areDescribed, let text = file.description, TIFFCache.isOME(text) else {
            return try TIFFImage.images(pagesOf: file, told, isDescribed: areDescribed)
        }
        let document = try OMEParser.document(text.utf8, called: path)
        guard let name = document.metadataFile else {
            return try OMEImages(document: document, path: path, container: file).images(of: well, plate: plate, in: path)
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return try companion(folder + PathPart.checked(OMEImages.lastPart(of: name), called: "the MetadataFile in the OME-XML"), in: path)
    }

    private func companion(_ path: String, in here: String?) throws(IDRError) -> [TIFFImage] {
        guard let bytes = try FileBytes.read(path, limit: OMEParser.limit) else {
            throw IDRError(.missing, "there is no file \(path)", at: here.map { [$0] } ?? [], fix: "fetch it: it says where the planes are")
        }
        let document = try OMEParser.document(bytes, called: path)
        guard document.metadataFile == nil else {
            throw IDRError(.invalidInput, "the OME-XML of \(path) cannot be used", because: "it refers to another file in its turn")
        }
        return try OMEImages(document: document, path: path).images(of: well, plate: plate, in: here)
    }

    private static func isOME(_ description: String) -> Bool {
        let text = description.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.prefix(4096)
        return text.hasPrefix("<") && (text.contains("<OME") || text.contains(":OME"))
    }
}
