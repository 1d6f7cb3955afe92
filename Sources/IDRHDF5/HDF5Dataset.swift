import CHDF5
import IDRPlan

/// A dataset that is open for reading, whose declared sizes are checked before memory is taken for them.
@HDF5Actor
struct HDF5Dataset: ~Copyable {
    let handle: HDF5Handle
    let info: HDF5DatasetInfo
    /// Such as `dataset /a`, of `path`.
    let object: String
    let path: String
    let limits: HDF5Limits

    var what: String { "\(object) of \(path)" }

    /// - Parameter folder: where other files may be opened that the dataset's elements are in; nil: none are.
    init(_ name: String, of file: hid_t, path: String, limits: HDF5Limits, folder: String? = nil) throws(IDRError) {
        let info = try Self.info(name, of: file, path: path)
        let what = "dataset \(name) of \(path)"
        if let filter = info.unreadFilter {
            throw IDRError(
                .invalidInput, "\(what) is stored with the filter \(filter), which is not read",
                because: "it is none of HDF5's own, and there is no plugin for it", fix: "write it again with gzip: h5repack -f GZIP=4 old.h5 new.h5")
        }
        try HDF5OtherFiles(folder: folder, info: info, what: what).check()
        let access = try HDF5Handle(H5Pcreate(idr_h5p_dataset_access()), what, closedBy: H5Pclose)
        if let folder, !info.storage.files.isEmpty {
            try HDF5Failure.check(H5Pset_efile_prefix(access.id, folder), what)
            try HDF5Failure.check(H5Pset_virtual_prefix(access.id, folder), what)
        }
        let handle = try HDF5Handle(H5Dopen2(file, name, access.id), "no dataset \(name) in \(path)", closedBy: H5Dclose)
        // HDF5 takes memory for a whole chunk.
        if let chunk = info.chunk {
            _ = try limits.count(of: chunk, bytes: info.elementSize, isFiltered: info.isFiltered, "a chunk of dataset \(name)", of: path)
        }
        self.handle = handle
        self.info = info
        object = "dataset \(name)"
        self.path = path
        self.limits = limits
    }

    /// HDF5 keeps the settings that a dataset was first opened with: it is closed before it is opened with others.
    private static func info(_ name: String, of file: hid_t, path: String) throws(IDRError) -> HDF5DatasetInfo {
        let handle = try HDF5Handle(H5Dopen2(file, name, idr_h5_default()), "no dataset \(name) in \(path)", closedBy: H5Dclose)
        return try HDF5DatasetInfo(dataset: handle.id, called: "dataset \(name) of \(path)")
    }

    /// All numbers, converted by HDF5 (float16 to float32, uint8 to int32, ...), in row-major order.
    func numbers(as type: HDF5ScalarType) throws(IDRError) -> HDF5Numbers {
        let count = try count(of: info.shape, as: type)
        return try HDF5Numbers.read(type, count: count, called: what) {
            H5Dread(handle.id, $0, idr_h5s_all(), idr_h5s_all(), idr_h5_default(), $1)
        }
    }

    /// The numbers of a block, which must have been written: HDF5 itself gives zeros for what was not.
    func numbers(_ block: HDF5Block, as type: HDF5ScalarType) throws(IDRError) -> HDF5Numbers {
        try check(block)
        let count = try count(of: block.count, as: type)
        guard isStored(block) else {
            throw IDRError(.invalidInput, "a part of it was never written", because: "a part of it was never written to the file")
        }
        let space = try HDF5Handle(H5Dget_space(handle.id), "\(what) has no shape", closedBy: H5Sclose)
        let lengths = block.count.map(hsize_t.init)
        guard !lengths.isEmpty else { return try numbers(as: type) }
        try HDF5Failure.check(
            H5Sselect_hyperslab(space.id, H5S_SELECT_SET, block.offset.map(hsize_t.init), nil, lengths, nil), "a block of \(what) cannot be selected")
        let memory = try HDF5Handle(H5Screate_simple(Int32(lengths.count), lengths, nil), "a block of \(what) has no shape", closedBy: H5Sclose)
        return try HDF5Numbers.read(type, count: count, called: what) {
            H5Dread(handle.id, $0, memory.id, space.id, idr_h5_default(), $1)
        }
    }

    /// Strings, fixed or variable length.
    func texts() throws(IDRError) -> [String] {
        let type = try HDF5Handle(H5Dget_type(handle.id), "\(what) has no type", closedBy: H5Tclose)
        let texts = HDF5Strings(shape: info.shape, isFiltered: info.isFiltered, limits: limits, object: object, path: path)
        return try texts.read(type: type.id) { H5Dread(handle.id, $0, idr_h5s_all(), idr_h5s_all(), $1, $2) }
    }

    func check(_ block: HDF5Block) throws(IDRError) {
        let (offset, count) = (block.offset, block.count)
        guard offset.count == info.shape.count, count.count == info.shape.count,
            zip(info.shape, zip(offset, count)).allSatisfy({ $1.0 >= 0 && $1.1 >= 0 && $1.0 <= $0 && $1.1 <= $0 - $1.0 })
        else { throw IDRError(.invalidInput, "a block \(count) at \(offset) does not lie in \(what)", because: "its shape is \(info.shape)") }
    }

    private func count(of shape: [Int], as type: HDF5ScalarType) throws(IDRError) -> Int {
        guard info.holdsNumbers else { throw IDRError(.invalidInput, "\(what) holds no numbers") }
        return try limits.count(of: shape, bytes: info.elementSize, memory: type.bytes, isFiltered: info.isFiltered, object, of: path)
    }
}
