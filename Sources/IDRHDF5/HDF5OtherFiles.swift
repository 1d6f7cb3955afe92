import CHDF5
import Foundation
import IDRFiles
import IDRPlan

/// Datasets whose elements are in other files: these are opened only beside a file in a folder that a person named, and only where nothing of
/// them is missing. HDF5 itself gives zeros for files that are not there.
@HDF5Actor
struct HDF5OtherFiles {
    /// nil: no other file is opened.
    let folder: String?
    let info: HDF5DatasetInfo
    /// Such as `dataset /a of b.h5`.
    let what: String

    /// - Throws: ``IDRError`` that names the storage and the file.
    func check() throws(IDRError) {
        switch info.storage {
        case .inFile, .compact: return
        case .external(let pieces): try external(pieces)
        case .virtual(let sources): try virtual(sources)
        }
    }

    private func refusal(_ kind: String) -> IDRError {
        let names = info.storage.files
        return IDRError(
            .refused, "\(what) is stored in other files",
            because: "it is \(kind): \(NearNames.list(names.prefix(4)))"
                + (names.count > 4 ? " and \(names.count - 4) more" : ""),
            fix: "put these files beside it in a mirror, or copy it into one file (h5repack, or h5py)")
    }

    private func external(_ pieces: [HDF5Storage.Piece]) throws(IDRError) {
        guard let folder else { throw refusal("external storage") }
        var bytes = 0
        for piece in pieces {
            let length = try length(of: piece.file, in: folder)
            let (end, overflow) = piece.offset.addingReportingOverflow(piece.bytes ?? max(0, length - piece.offset))
            guard piece.offset >= 0, !overflow, end <= length else {
                throw IDRError(
                    .invalidInput, "\(what) cannot be read", because: "\(piece.file), which holds its elements, has only \(length) bytes",
                    fix: "fetch that file again")
            }
            bytes += end - piece.offset
        }
        guard let all = HDF5Limits.product(info.shape + [info.elementSize]), bytes >= all else {
            throw IDRError(.invalidInput, "\(what) cannot be read", because: "its other files hold \(bytes) bytes, less than its elements need")
        }
    }

    private func virtual(_ sources: [HDF5Storage.Source]) throws(IDRError) {
        guard let folder else { throw refusal("a virtual dataset") }
        var elements = 0
        for source in sources {
            elements += source.elements
            guard source.file != "." else { continue }
            _ = try length(of: source.file, in: folder)
            try check(source, in: folder)
        }
        guard let all = HDF5Limits.product(info.shape), elements >= all else {
            throw IDRError(.invalidInput, "\(what) cannot be read", because: "it is a virtual dataset, and parts of it are in no file")
        }
    }

    /// That a source is there as a whole, and leads no further.
    private func check(_ source: HDF5Storage.Source, in folder: String) throws(IDRError) {
        let path = "\(folder)/\(source.file)"
        let part = "dataset \(source.dataset) of \(source.file), a part of \(what),"
        let file = try HDF5Handle(H5Fopen(path, idr_h5f_rdonly(), idr_h5_default()), "\(path) cannot be opened as HDF5", closedBy: H5Fclose)
        let dataset = try HDF5Handle(H5Dopen2(file.id, source.dataset, idr_h5_default()), "\(part) is not there", closedBy: H5Dclose)
        var name = [CChar](repeating: 0, count: 4096)
        guard H5Fget_name(dataset.id, &name, name.count - 1) >= 0,
            String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) == path
        else { throw IDRError(.refused, "\(part) is a link to another file") }
        guard try HDF5DatasetInfo(dataset: dataset.id, called: part).storage.files.isEmpty else {
            throw IDRError(.refused, "\(part) is itself stored in other files")
        }
        var status = H5D_SPACE_STATUS_ERROR
        guard H5Dget_space_status(dataset.id, &status) >= 0, status == H5D_SPACE_STATUS_ALLOCATED else {
            throw IDRError(.invalidInput, "\(part) was never written as a whole", fix: "write or fetch that file again")
        }
    }

    /// Of a file beside the dataset's, in bytes.
    private func length(of name: String, in folder: String) throws(IDRError) -> Int {
        do throws(IDRError) {
            for part in name.split(separator: "/", omittingEmptySubsequences: false) { try PathPart.checked(String(part), called: "the file") }
        } catch {
            throw IDRError(.refused, "\(what) is stored in the file \"\(name.prefix(200))\", which is not opened", because: error.reason)
        }
        guard !name.contains("%") else { throw IDRError(.refused, "\(what) is stored in a series of files, which is not read") }
        var status = stat()
        guard stat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw IDRError(.missing, "\(what) is stored in the file \(name), which is not there", fix: "fetch that file too, into the same folder")
        }
        return Int(status.st_size)
    }
}
