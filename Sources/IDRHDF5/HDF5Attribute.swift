import CHDF5
import IDRPlan

/// An attribute that is open for reading, whose declared sizes are checked as datasets' are.
@HDF5Actor
struct HDF5Attribute: ~Copyable {
    private let handle: HDF5Handle
    private let type: HDF5Handle
    private let shape: [Int]
    /// Such as `attribute units of /a`, in `path`.
    private let name: String
    private let path: String
    private let limits: HDF5Limits

    init(_ name: String, of object: String, in file: hid_t, path: String, limits: HDF5Limits) throws(IDRError) {
        let what = "attribute \(name) of \(object) in \(path)"
        let handle = try HDF5Handle(
            H5Aopen_by_name(file, object, name, idr_h5_default(), idr_h5_default()), "no \(what)", closedBy: H5Aclose)
        let space = try HDF5Handle(H5Aget_space(handle.id), "\(what) has no shape", closedBy: H5Sclose)
        let shape = try HDF5Limits.shape(of: space.id, called: what)
        let type = try HDF5Handle(H5Aget_type(handle.id), "\(what) has no type", closedBy: H5Tclose)
        self.handle = handle
        self.type = type
        self.shape = shape
        self.name = "attribute \(name) of \(object)"
        self.path = path
        self.limits = limits
    }

    /// One string or several; an empty attribute of any type is an empty list (as Keras writes them).
    func texts() throws(IDRError) -> [String] {
        guard !shape.contains(0) else { return [] }
        let texts = HDF5Strings(shape: shape, isFiltered: false, limits: limits, object: name, path: path)
        return try texts.read(type: type.id) { type, _, buffer in H5Aread(handle.id, type, buffer) }
    }

    func numbers(as wanted: HDF5ScalarType) throws(IDRError) -> HDF5Numbers {
        guard HDF5DatasetInfo.holdsNumbers(type.id) else { throw IDRError(.invalidInput, "\(name) of \(path) holds no numbers") }
        let count = try limits.count(of: shape, bytes: Int(clamping: H5Tget_size(type.id)), memory: wanted.bytes, name, of: path)
        return try HDF5Numbers.read(wanted, count: count, called: "\(name) of \(path)") { H5Aread(handle.id, $0, $1) }
    }
}
