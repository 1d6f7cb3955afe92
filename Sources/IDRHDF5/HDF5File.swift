import CHDF5
import Foundation
package import IDRPlan

/// An HDF5 file that is open for reading. Paths inside the file are absolute (`/a/b`).
///
/// Every failure throws an ``IDRError`` that names the file and HDF5's own reason.
@HDF5Actor
package struct HDF5File: ~Copyable {
    /// Where the file is on disk.
    package let path: String
    private let handle: HDF5Handle
    /// Kept until the handle before it is closed.
    private let pages: PagedBytes?

    /// Opens `path` for reading, with file locking off: a file under another writer's lock can still be read.
    package init(reading path: String) throws(IDRError) {
        HDF5Failure.silencePrinting()
        // The environment variable is the only way to turn locking off in HDF5 1.10; it is set once, before the first open.
        _ = HDF5File.lockingIsOff
        self.path = path
        pages = nil
        handle = try HDF5Handle(H5Fopen(path, idr_h5f_rdonly(), idr_h5_default()), "\(path) cannot be opened as HDF5", closedBy: H5Fclose)
    }

    /// Opens a file whose bytes are `pages`; `name` is what messages call it.
    init(reading pages: PagedBytes, called name: String) throws(IDRError) {
        HDF5Failure.silencePrinting()
        path = name
        handle = try PagedDriver.open(pages, called: name)
        self.pages = pages
    }

    private static let lockingIsOff: Bool = setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1) == 0

    /// Names of the links in group `group`, sorted.
    package func children(of group: String = "/") throws(IDRError) -> [String] {
        let opened = try HDF5Handle(H5Gopen2(handle.id, group, idr_h5_default()), "no group \(group) in \(path)", closedBy: H5Gclose)
        var info = H5G_info_t()
        try HDF5Failure.check(H5Gget_info(opened.id, &info), "group \(group) of \(path) cannot be listed")
        var names: [String] = []
        for index in 0..<info.nlinks {
            let length = H5Lget_name_by_idx(opened.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, nil, 0, idr_h5_default())
            try HDF5Failure.check(length, "group \(group) of \(path) cannot be listed")
            var buffer = [CChar](repeating: 0, count: Int(length) + 1)
            H5Lget_name_by_idx(opened.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &buffer, buffer.count, idr_h5_default())
            names.append(String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return names.sorted()
    }

    /// Whether there is a link at `object`; false also where one of its parents is missing.
    package func exists(_ object: String) -> Bool {
        var prefix = ""
        for part in object.split(separator: "/") {
            prefix += "/" + part
            guard H5Lexists(handle.id, prefix, idr_h5_default()) > 0 else { return false }
        }
        return true
    }

    /// Whether `object` is a dataset (and not a group).
    package func isDataset(_ object: String) -> Bool {
        guard exists(object), let opened = try? HDF5Handle(H5Oopen(handle.id, object, idr_h5_default()), "", closedBy: H5Oclose) else { return false }
        return H5Iget_type(opened.id) == H5I_DATASET
    }

    /// Shape, element type and storage of the dataset `name`.
    package func info(of name: String) throws(IDRError) -> HDF5DatasetInfo {
        let dataset = try open(dataset: name)
        return try HDF5DatasetInfo(dataset: dataset.id, called: "dataset \(name) of \(path)")
    }

    /// Reads `name` whole, or the block that starts at `offset` and spans `count` (both one number per dimension).
    ///
    /// Elements are converted to `T` by HDF5 (float16 to float32, uint8 to int32, ...). HDF5 reads only the chunks that overlap the block.
    /// - Returns: the values in row-major order.
    package func read<T: HDF5Scalar>(_ name: String, as type: T.Type = T.self, offset: [Int]? = nil, count: [Int]? = nil) throws(IDRError) -> [T] {
        let dataset = try open(dataset: name)
        let what = "dataset \(name) of \(path)"
        let shape = try HDF5DatasetInfo(dataset: dataset.id, called: what).shape
        let space = try HDF5Handle(H5Dget_space(dataset.id), "\(what) has no shape", closedBy: H5Sclose)
        var selected = shape
        var memory = idr_h5s_all()
        if let offset, let count {
            guard offset.count == shape.count, count.count == shape.count,
                zip(shape, zip(offset, count)).allSatisfy({ $1.0 >= 0 && $1.1 >= 0 && $1.0 <= $0 && $1.1 <= $0 - $1.0 })
            else { throw IDRError(.invalidInput, "a block \(count) at \(offset) does not lie in \(what)", because: "its shape is \(shape)") }
            try HDF5Failure.check(
                H5Sselect_hyperslab(space.id, H5S_SELECT_SET, offset.map(hsize_t.init), nil, count.map(hsize_t.init), nil),
                "a block of \(what) cannot be selected")
            memory = H5Screate_simple(Int32(count.count), count.map(hsize_t.init), nil)
            selected = count
        }
        defer { if memory != idr_h5s_all() { H5Sclose(memory) } }
        // A damaged or hostile file may declare more elements than memory, or Int, can hold.
        let (total, isTooLarge) = selected.reduce((1, false)) { product, length in
            let (next, overflow) = product.0.multipliedReportingOverflow(by: length)
            return (next, product.1 || overflow || next > Int.max / 8)
        }
        guard !isTooLarge else { throw IDRError(.invalidInput, "\(what) is too large to be read", because: "its shape is \(shape)") }
        var status: herr_t = 0
        let fileSpace = offset == nil ? idr_h5s_all() : space.id
        let values = [T](unsafeUninitializedCapacity: total) { buffer, initialized in
            status = H5Dread(dataset.id, T.hdf5Type.memory, memory, fileSpace, idr_h5_default(), buffer.baseAddress)
            initialized = status >= 0 ? total : 0
        }
        try HDF5Failure.check(status, "\(what) cannot be read")
        return values
    }

    /// The dataset `name` of strings, fixed or variable length.
    package func readStrings(_ name: String) throws(IDRError) -> [String] {
        let dataset = try open(dataset: name)
        let type = try HDF5Handle(H5Dget_type(dataset.id), "\(name) has no type", closedBy: H5Tclose)
        let space = try HDF5Handle(H5Dget_space(dataset.id), "\(name) has no shape", closedBy: H5Sclose)
        return try HDF5Strings.read(type: type.id, space: space.id, called: "dataset \(name) of \(path)") {
            H5Dread(dataset.id, $0, idr_h5s_all(), idr_h5s_all(), idr_h5_default(), $1)
        }
    }

    /// The strings in the member `member` of the dataset `name` of compounds.
    package func readStrings(_ name: String, member: String) throws(IDRError) -> [String] {
        let compound = try HDF5Compound(dataset: open(dataset: name), called: "dataset \(name) of \(path)")
        return try compound.strings(of: member)
    }

    /// The numbers in the member `member` of the dataset `name` of compounds, converted to `T`.
    package func read<T: HDF5Scalar>(_ name: String, member: String, as type: T.Type = T.self) throws(IDRError) -> [T] {
        let compound = try HDF5Compound(dataset: open(dataset: name), called: "dataset \(name) of \(path)")
        return try compound.numbers(of: member)
    }

    /// Names of the members of the dataset `name` of compounds, in their order; empty where it holds something else.
    package func members(of name: String) throws(IDRError) -> [String] {
        let dataset = try open(dataset: name)
        return (try? HDF5Compound(dataset: dataset, called: name).memberNames) ?? []
    }

    /// Whether `object` carries the attribute `name`.
    package func hasAttribute(_ name: String, of object: String = "/") -> Bool {
        H5Aexists_by_name(handle.id, object, name, idr_h5_default()) > 0
    }

    /// Names of the attributes of `object`, sorted.
    package func attributeNames(of object: String = "/") throws(IDRError) -> [String] {
        let opened = try HDF5Handle(H5Oopen(handle.id, object, idr_h5_default()), "no object \(object) in \(path)", closedBy: H5Oclose)
        var info = H5O_info_t()
        try HDF5Failure.check(H5Oget_info2(opened.id, &info, UInt32(H5O_INFO_NUM_ATTRS)), "\(object) of \(path) cannot be inspected")
        var names: [String] = []
        for index in 0..<info.num_attrs {
            var buffer = [CChar](repeating: 0, count: 1024)
            let length = H5Aget_name_by_idx(
                opened.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &buffer, buffer.count, idr_h5_default())
            try HDF5Failure.check(length, "an attribute of \(object) in \(path) has no name")
            names.append(String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return names.sorted()
    }

    /// A string or list-of-strings attribute; an empty attribute of any type is an empty list (as Keras writes them).
    package func attributeStrings(_ name: String, of object: String = "/") throws(IDRError) -> [String] {
        let what = "attribute \(name) of \(object) in \(path)"
        let attribute = try open(attribute: name, of: object)
        let space = try HDF5Handle(H5Aget_space(attribute.id), "\(what) has no shape", closedBy: H5Sclose)
        if H5Sget_simple_extent_npoints(space.id) == 0 { return [] }
        let type = try HDF5Handle(H5Aget_type(attribute.id), "\(what) has no type", closedBy: H5Tclose)
        return try HDF5Strings.read(type: type.id, space: space.id, called: what) { H5Aread(attribute.id, $0, $1) }
    }

    /// A number or list-of-numbers attribute, converted to `T`.
    package func attribute<T: HDF5Scalar>(_ name: String, of object: String = "/", as type: T.Type = T.self) throws(IDRError) -> [T] {
        let what = "attribute \(name) of \(object) in \(path)"
        let attribute = try open(attribute: name, of: object)
        let space = try HDF5Handle(H5Aget_space(attribute.id), "\(what) has no shape", closedBy: H5Sclose)
        var values = [T](repeating: .zero, count: max(0, Int(H5Sget_simple_extent_npoints(space.id))))
        if !values.isEmpty { try HDF5Failure.check(H5Aread(attribute.id, T.hdf5Type.memory, &values), "\(what) cannot be read") }
        return values
    }

    func open(dataset name: String) throws(IDRError) -> HDF5Handle {
        try HDF5Handle(H5Dopen2(handle.id, name, idr_h5_default()), "no dataset \(name) in \(path)", closedBy: H5Dclose)
    }

    private func open(attribute name: String, of object: String) throws(IDRError) -> HDF5Handle {
        try HDF5Handle(
            H5Aopen_by_name(handle.id, object, name, idr_h5_default(), idr_h5_default()), "no attribute \(name) of \(object) in \(path)",
            closedBy: H5Aclose)
    }
}
