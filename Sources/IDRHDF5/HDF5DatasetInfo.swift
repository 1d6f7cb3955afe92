import CHDF5
import IDRPlan

/// What is known of a dataset without reading its elements.
package struct HDF5DatasetInfo: Sendable, Hashable, Codable {
    /// One number per dimension, slowest first.
    package let shape: [Int]
    /// nil where the elements are strings, compounds or another number type.
    package let type: HDF5ScalarType?
    /// Bytes of one element in the file.
    package let elementSize: Int
    /// Whether the elements can be read as numbers.
    package let holdsNumbers: Bool
    /// Names of the members where the elements are compounds, in their order.
    package let members: [String]
    /// The chunk's shape, or nil where the storage is contiguous or compact.
    package let chunk: [Int]?
    /// Whether chunks are stored compressed or otherwise transformed.
    package let isFiltered: Bool
    /// The number type as h5py calls it, "int16" or "bool"; nil where the elements are no numbers of a usual type.
    package let numberType: String?
    /// Where the elements are.
    package let storage: HDF5Storage
    /// The name of a filter that the elements went through and that is not read here; nil where all are.
    package let unreadFilter: String?

    /// Names of other files that the elements are in.
    package var otherFiles: [String] { storage.files }

    init(dataset: hid_t, called what: String) throws(IDRError) {
        let space = try HDF5Handle(H5Dget_space(dataset), "\(what) has no shape", closedBy: H5Sclose)
        shape = try HDF5Limits.shape(of: space.id, called: what)

        let type = try HDF5Handle(H5Dget_type(dataset), "\(what) has no type", closedBy: H5Tclose)
        elementSize = Int(clamping: H5Tget_size(type.id))
        holdsNumbers = Self.holdsNumbers(type.id)
        members = H5Tget_class(type.id) == H5T_COMPOUND ? Self.members(of: type.id) : []
        let isSigned = H5Tget_sign(type.id) == H5T_SGN_2
        self.type =
            switch (H5Tget_class(type.id), elementSize, isSigned) {
            case (H5T_INTEGER, 1, false): .uint8
            case (H5T_INTEGER, 2, false): .uint16
            case (H5T_INTEGER, 4, true): .int32
            case (H5T_INTEGER, 8, true): .int64
            case (H5T_FLOAT, 4, _): .float32
            case (H5T_FLOAT, 8, _): .float64
            default: nil
            }

        numberType = Self.numberType(type.id)

        let creation = try HDF5Handle(H5Dget_create_plist(dataset), "\(what) has no storage layout", closedBy: H5Pclose)
        isFiltered = H5Pget_nfilters(creation.id) > 0
        unreadFilter = HDF5Storage.unreadFilter(creation.id)
        storage = HDF5Storage(creation: creation.id)
        guard H5Pget_layout(creation.id) == H5D_CHUNKED else {
            chunk = nil
            return
        }
        var lengths = [hsize_t](repeating: 0, count: shape.count)
        let rank = H5Pget_chunk(creation.id, Int32(lengths.count), &lengths)
        guard rank == shape.count, !lengths.contains(0) else {
            throw IDRError(.invalidInput, "\(what) has no storage layout", because: "its chunks \(lengths) do not fit its shape \(shape)")
        }
        chunk = lengths.map { Int(clamping: $0) }
    }

    private static func numberType(_ type: hid_t) -> String? {
        let (size, isSigned) = (Int(clamping: H5Tget_size(type)), H5Tget_sign(type) == H5T_SGN_2)
        return switch H5Tget_class(type) {
        case H5T_INTEGER where [1, 2, 4, 8].contains(size): "\(isSigned ? "" : "u")int\(8 * size)"
        case H5T_FLOAT where [2, 4, 8].contains(size): "float\(8 * size)"
        case H5T_ENUM where size == 1: "bool"
        default: nil
        }
    }

    /// Flags (enumerations of integers) can be read as numbers, too.
    static func holdsNumbers(_ type: hid_t) -> Bool {
        [H5T_INTEGER, H5T_FLOAT, H5T_ENUM].contains(H5Tget_class(type)) && (1...HDF5Limits.largestNumber).contains(Int(clamping: H5Tget_size(type)))
    }

    private static func members(of type: hid_t) -> [String] {
        (0..<UInt32(clamping: min(H5Tget_nmembers(type), Int32(HDF5Limits.mostNames)))).compactMap { index in
            guard let name = H5Tget_member_name(type, index) else { return nil }
            defer { H5free_memory(name) }
            return String(cString: name)
        }
    }
}
