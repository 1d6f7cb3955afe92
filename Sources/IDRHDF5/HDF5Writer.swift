import CHDF5
import IDRFiles
package import IDRPlan

/// An HDF5 file under way. Paths inside the file are absolute (`/a/b`).
///
/// The file appears under its name, complete, at ``commit()``; until then, or after any failure, there is nothing (see ``AtomicFile``).
/// No time stamps are stored: the same calls give the same bytes.
///
/// Until the commit the file is in memory: HDF5 1.10 crashes some time after a write to a full disk has failed,
/// so it is never let near the disk.
@HDF5Actor
package struct HDF5Writer: ~Copyable {
    /// The file's final name.
    package let path: String
    private var file: AtomicFile
    private let handle: HDF5Handle

    /// Starts the file that will be called `path`. Its folder must exist.
    package init(_ path: String) throws(IDRError) {
        HDF5Failure.silencePrinting()
        let file = try AtomicFile(path)
        let what = "\(path) cannot be created as HDF5"
        let access = try HDF5Handle(H5Pcreate(idr_h5p_file_access()), what, closedBy: H5Pclose)
        try HDF5Failure.check(H5Pset_fapl_core(access.id, HDF5Writer.growth, false), what)
        let creation = try HDF5Handle(H5Pcreate(idr_h5p_file_create()), what, closedBy: H5Pclose)
        try HDF5Failure.check(H5Pset_obj_track_times(creation.id, false), what)
        // HDF5 takes files of one name for one file, also in memory: the hidden name is the caller's own.
        let handle = try HDF5Handle(H5Fcreate(file.partialPath, idr_h5f_trunc(), creation.id, access.id), what, closedBy: H5Fclose)
        self.path = path
        self.file = file
        self.handle = handle
    }

    private static let growth = 1 << 20
    /// h5py's and pytables' usual one.
    private static let deflateLevel: UInt32 = 4

    /// Writes the file to the disk and gives it its name.
    package consuming func commit() throws(IDRError) {
        let what = "\(path) cannot be completed"
        try HDF5Failure.check(H5Fflush(handle.id, H5F_SCOPE_LOCAL), what)
        let size = try HDF5Failure.check(H5Fget_file_image(handle.id, nil, 0), what)
        // The driver's handle of a file in memory is where its bytes are.
        var address: UnsafeMutableRawPointer?
        try HDF5Failure.check(H5Fget_vfd_handle(handle.id, idr_h5_default(), &address), what)
        guard let bytes = address?.load(as: UnsafeRawPointer?.self) else { throw IDRError(.system, what) }
        try file.append(UnsafeRawBufferPointer(start: bytes, count: size))
        try file.commit()
    }

    /// Makes the group `name`; its parent must exist.
    package func makeGroup(_ name: String) throws(IDRError) {
        let what = "group \(name) of \(path) cannot be made"
        let creation = try HDF5Handle(H5Pcreate(idr_h5p_group_create()), what, closedBy: H5Pclose)
        try HDF5Failure.check(H5Pset_obj_track_times(creation.id, false), what)
        _ = try HDF5Handle(H5Gcreate2(handle.id, name, idr_h5_default(), creation.id, idr_h5_default()), what, closedBy: H5Gclose)
    }

    /// Writes the dataset `name`: `values` in row-major order, `shape` with one number per dimension (a length may be 0; none is a scalar).
    /// - Parameter chunk: the dataset is stored in chunks of this shape, each deflated; nil stores it contiguous, uncompressed.
    package func write<T: HDF5Scalar>(_ name: String, _ values: [T], shape: [Int], chunk: [Int]? = nil) throws(IDRError) {
        try write(name, type: T.hdf5Type.memory, shape: shape, chunk: chunk, count: values.count) { dataset in
            values.withUnsafeBytes { H5Dwrite(dataset, T.hdf5Type.memory, idr_h5s_all(), idr_h5s_all(), idr_h5_default(), $0.baseAddress) }
        }
    }

    /// Writes the dataset `name` of UTF-8 strings of variable length, `[string]`.
    package func write(_ name: String, strings: [String]) throws(IDRError) { try write(name, strings: strings, shape: [strings.count]) }

    /// Writes the scalar dataset `name`, one UTF-8 string.
    package func write(_ name: String, string: String) throws(IDRError) { try write(name, strings: [string], shape: []) }

    /// Gives `object` an attribute that is one string.
    package func setAttribute(_ name: String, of object: String = "/", string: String) throws(IDRError) {
        try setAttribute(name, of: object, strings: [string], shape: [])
    }

    /// Gives `object` an attribute that is a list of strings.
    package func setAttribute(_ name: String, of object: String = "/", strings: [String]) throws(IDRError) {
        try setAttribute(name, of: object, strings: strings, shape: [strings.count])
    }

    /// Gives `object` an attribute of numbers, `shape` as for datasets: `[]` for one number.
    package func setAttribute<T: HDF5Scalar>(_ name: String, of object: String = "/", _ values: [T], shape: [Int]) throws(IDRError) {
        try setAttribute(name, of: object, type: T.hdf5Type.memory, shape: shape, count: values.count) { attribute in
            values.withUnsafeBytes { H5Awrite(attribute, T.hdf5Type.memory, $0.baseAddress) }
        }
    }

    /// Gives `object` a yes-or-no attribute, stored as h5py stores Python's `bool`: an enumeration of FALSE and TRUE in one byte.
    package func setAttribute(_ name: String, of object: String = "/", flag: Bool) throws(IDRError) {
        let type = try HDF5Handle(H5Tenum_create(idr_h5t_std_i8le()), "\(path): no type for flags", closedBy: H5Tclose)
        for (name, value) in [("FALSE", Int8(0)), ("TRUE", 1)] {
            var value = value
            try HDF5Failure.check(H5Tenum_insert(type.id, name, &value), "\(path): no type for flags")
        }
        var value: Int8 = flag ? 1 : 0
        try setAttribute(name, of: object, type: type.id, shape: [], count: 1) { H5Awrite($0, type.id, &value) }
    }

    private func write(_ name: String, strings: [String], shape: [Int]) throws(IDRError) {
        let type = try HDF5Strings.variableUTF8()
        try write(name, type: type.id, shape: shape, count: strings.count) { dataset in
            HDF5Strings.withPointers(to: strings) {
                H5Dwrite(dataset, type.id, idr_h5s_all(), idr_h5s_all(), idr_h5_default(), $0)
            }
        }
    }

    private func setAttribute(_ name: String, of object: String, strings: [String], shape: [Int]) throws(IDRError) {
        let type = try HDF5Strings.variableUTF8()
        try setAttribute(name, of: object, type: type.id, shape: shape, count: strings.count) { attribute in
            HDF5Strings.withPointers(to: strings) { H5Awrite(attribute, type.id, $0) }
        }
    }

    private func write(
        _ name: String, type: hid_t, shape: [Int], chunk: [Int]? = nil, count: Int, _ transfer: (hid_t) -> herr_t
    ) throws(IDRError) {
        let what = "dataset \(name) of \(path) cannot be written"
        let space = try HDF5Writer.space(shape, count: count, what)
        let creation = try HDF5Handle(H5Pcreate(idr_h5p_dataset_create()), what, closedBy: H5Pclose)
        try HDF5Failure.check(H5Pset_obj_track_times(creation.id, false), what)
        if let chunk {
            try HDF5Failure.check(H5Pset_chunk(creation.id, Int32(chunk.count), chunk.map { hsize_t(clamping: $0) }), what)
            try HDF5Failure.check(H5Pset_deflate(creation.id, HDF5Writer.deflateLevel), what)
        }
        let dataset = try HDF5Handle(
            H5Dcreate2(handle.id, name, type, space.id, idr_h5_default(), creation.id, idr_h5_default()), what, closedBy: H5Dclose)
        if count > 0 { try HDF5Failure.check(transfer(dataset.id), what) }
    }

    private func setAttribute(
        _ name: String, of object: String, type: hid_t, shape: [Int], count: Int, _ transfer: (hid_t) -> herr_t
    ) throws(IDRError) {
        let what = "attribute \(name) of \(object) in \(path) cannot be written"
        let space = try HDF5Writer.space(shape, count: count, what)
        let opened = try HDF5Handle(H5Oopen(handle.id, object, idr_h5_default()), what, closedBy: H5Oclose)
        let attribute = try HDF5Handle(H5Acreate2(opened.id, name, type, space.id, idr_h5_default(), idr_h5_default()), what, closedBy: H5Aclose)
        if count > 0 { try HDF5Failure.check(transfer(attribute.id), what) }
    }

    private static func space(_ shape: [Int], count: Int, _ what: String) throws(IDRError) -> HDF5Handle {
        guard HDF5Limits.product(shape) == count else {
            throw IDRError(.invalidInput, what, because: "\(count) values do not fill the shape \(shape)")
        }
        let id = shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), shape.map(hsize_t.init), nil)
        return try HDF5Handle(id, what, closedBy: H5Sclose)
    }
}
