import CHDF5
import Foundation
package import IDRPlan

/// An HDF5 file that is open for reading. It is asked through ``HDF5Service``.
///
/// Every failure throws an ``IDRError`` that names the file and HDF5's own reason.
@HDF5Actor
package final class HDF5File {
    /// Where the file is on disk, or what messages call it.
    private let path: String
    private let handle: HDF5Handle
    private let limits: HDF5Limits
    /// Kept until the handle before it is closed.
    private let pages: PagedBytes?
    /// Where other files may be opened that datasets are stored in; nil: none are.
    private let folder: String?

    /// Opens `path` for reading, with file locking off: a file under another writer's lock can still be read.
    /// - Parameter opensOthers: whether files beside it may be opened that its datasets are stored in.
    package init(reading path: String, opensOthers: Bool = false) throws(IDRError) {
        HDF5Failure.silencePrinting()
        // The environment variable is the only way to turn locking off in HDF5 1.10; it is set once, before the first open.
        _ = HDF5File.lockingIsOff
        let handle = try HDF5Handle(
            H5Fopen(path, idr_h5f_rdonly(), idr_h5_default()), "\(path) cannot be opened as HDF5", closedBy: H5Fclose)
        limits = try HDF5Limits(file: handle.id, called: path)
        self.path = path
        self.handle = handle
        pages = nil
        folder = opensOthers ? path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." : nil
    }

    /// Opens a file whose bytes are `pages`; `name` is what messages call it.
    init(reading pages: PagedBytes, called name: String) throws(IDRError) {
        HDF5Failure.silencePrinting()
        let handle = try PagedDriver.open(pages, called: name)
        limits = try HDF5Limits(file: handle.id, called: name)
        path = name
        self.handle = handle
        self.pages = pages
        folder = nil
    }

    private static let lockingIsOff: Bool = setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1) == 0

    func answer(_ question: HDF5Question) throws(IDRError) -> HDF5Answer {
        switch question {
        case .object(let name): return .object(try object(name))
        case .links(let group):
            let opened = try HDF5Handle(H5Gopen2(handle.id, group, idr_h5_default()), "no group \(group) in \(path)", closedBy: H5Gclose)
            return .texts(try HDF5Names.links(of: opened.id, called: "group \(group) of \(path)"))
        case .attributes(let object):
            let opened = try HDF5Handle(H5Oopen(handle.id, object, idr_h5_default()), "no object \(object) in \(path)", closedBy: H5Oclose)
            return .texts(try HDF5Names.attributes(of: opened.id, called: "the attributes of \(object) in \(path)"))
        case .texts(.dataset(let name)): return .texts(try dataset(name).texts())
        case .texts(.member(let member, let name)): return .texts(try dataset(name).texts(ofMember: member))
        case .texts(.attribute(let name, let object)): return .texts(try attribute(name, of: object).texts())
        case .numbers(.dataset(let name), let type): return .numbers(try dataset(name).numbers(as: type))
        case .numbers(.member(let member, let name), let type): return .numbers(try dataset(name).numbers(ofMember: member, as: type))
        case .numbers(.attribute(let name, let object), let type): return .numbers(try attribute(name, of: object).numbers(as: type))
        case .blocks(let blocks, let name, let type): return read(blocks, of: name, as: type)
        }
    }

    private func read(_ blocks: [HDF5Block], of name: String, as type: HDF5ScalarType) -> HDF5Answer {
        var numbers: [HDF5Numbers] = []
        do throws(IDRError) {
            let dataset = try dataset(name)
            if let pages {
                // All that is missing of all blocks is noted at once; nothing is read before it is here.
                for block in blocks { try dataset.request(block, of: pages) }
                guard !pages.isMissingPages else { return .blocks([], failure: nil) }
            }
            for block in blocks { numbers.append(try dataset.numbers(block, as: type)) }
        } catch {
            return .blocks(numbers, failure: error)
        }
        return .blocks(numbers, failure: nil)
    }

    /// nil where there is no such link, or one of its parents is missing.
    private func object(_ name: String) throws(IDRError) -> HDF5Object? {
        var prefix = ""
        for part in name.split(separator: "/") {
            let parent = prefix
            prefix += "/" + part
            guard H5Lexists(handle.id, prefix, idr_h5_default()) > 0 else {
                HDF5Failure.clear()
                return parent.isEmpty || isThere(parent) ? nil : .broken(broken(parent))
            }
        }
        let opened: HDF5Handle
        do throws(IDRError) {
            opened = try HDF5Handle(H5Oopen(handle.id, name, idr_h5_default()), "\(name) of \(path) cannot be opened", closedBy: H5Oclose)
        } catch {
            return .broken(broken(name, error))
        }
        switch H5Iget_type(opened.id) {
        case H5I_GROUP: return .group
        case H5I_DATASET: return .dataset(try HDF5DatasetInfo(dataset: opened.id, called: "dataset \(name) of \(path)"))
        default: return .other
        }
    }

    private func isThere(_ name: String) -> Bool {
        defer { HDF5Failure.clear() }
        return H5Oexists_by_name(handle.id, name, idr_h5_default()) > 0
    }

    /// Why a link that is there leads to nothing that can be opened.
    private func broken(_ name: String, _ error: IDRError? = nil) -> IDRError {
        defer { HDF5Failure.clear() }
        var value = [CChar](repeating: 0, count: 4096)
        let kind = idr_h5_link(handle.id, name, &value, value.count)
        if kind == Int32(H5L_TYPE_EXTERNAL.rawValue) {
            var flags: UInt32 = 0
            var (file, object): (UnsafePointer<CChar>?, UnsafePointer<CChar>?) = (nil, nil)
            if H5Lunpack_elink_val(value, value.count, &flags, &file, &object) >= 0, let file {
                let target = String(cString: file)
                return IDRError(
                    .missing, "\(name) of \(path) is a link to the file \(target), which cannot be opened",
                    because: object.map { "there should be \(String(cString: $0)) in it" }, fix: "fetch that file too, into the same folder")
            }
        }
        if kind == Int32(H5L_TYPE_SOFT.rawValue) {
            let target = String(decoding: value.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return IDRError(.invalidInput, "\(name) of \(path) is a link to \(target), which is not there", fix: "fetch or write the file again")
        }
        return IDRError(
            .invalidInput, error?.problem ?? "\(name) of \(path) cannot be opened", because: error?.reason,
            fix: "the file is damaged, or written in a form that is newer than the HDF5 library here (\(HDF5Library.version)): write it again with "
                + "h5repack --high=2 old.h5 new.h5 of a newer HDF5")
    }

    private func dataset(_ name: String) throws(IDRError) -> HDF5Dataset {
        try HDF5Dataset(name, of: handle.id, path: path, limits: limits, folder: folder)
    }

    private func attribute(_ name: String, of object: String) throws(IDRError) -> HDF5Attribute {
        try HDF5Attribute(name, of: object, in: handle.id, path: path, limits: limits)
    }
}
