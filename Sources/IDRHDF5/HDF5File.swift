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

    /// Opens `path` for reading, with file locking off: a file under another writer's lock can still be read.
    package init(reading path: String) throws(IDRError) {
        HDF5Failure.silencePrinting()
        // The environment variable is the only way to turn locking off in HDF5 1.10; it is set once, before the first open.
        _ = HDF5File.lockingIsOff
        let handle = try HDF5Handle(
            H5Fopen(path, idr_h5f_rdonly(), idr_h5_default()), "\(path) cannot be opened as HDF5", closedBy: H5Fclose)
        limits = try HDF5Limits(file: handle.id, called: path)
        self.path = path
        self.handle = handle
        pages = nil
    }

    /// Opens a file whose bytes are `pages`; `name` is what messages call it.
    init(reading pages: PagedBytes, called name: String) throws(IDRError) {
        HDF5Failure.silencePrinting()
        let handle = try PagedDriver.open(pages, called: name)
        limits = try HDF5Limits(file: handle.id, called: name)
        path = name
        self.handle = handle
        self.pages = pages
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
            prefix += "/" + part
            guard H5Lexists(handle.id, prefix, idr_h5_default()) > 0 else { return nil }
        }
        guard let opened = try? HDF5Handle(H5Oopen(handle.id, name, idr_h5_default()), "", closedBy: H5Oclose) else { return .other }
        switch H5Iget_type(opened.id) {
        case H5I_GROUP: return .group
        case H5I_DATASET: return .dataset(try HDF5DatasetInfo(dataset: opened.id, called: "dataset \(name) of \(path)"))
        default: return .other
        }
    }

    private func dataset(_ name: String) throws(IDRError) -> HDF5Dataset {
        try HDF5Dataset(name, of: handle.id, path: path, limits: limits)
    }

    private func attribute(_ name: String, of object: String) throws(IDRError) -> HDF5Attribute {
        try HDF5Attribute(name, of: object, in: handle.id, path: path, limits: limits)
    }
}
