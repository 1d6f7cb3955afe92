import CHDF5
import IDRPlan

/// Strings of both kinds: fixed length (null or space padded) and variable length.
enum HDF5Strings {
    static func read(type: hid_t, space: hid_t, called what: String, by transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t) throws(IDRError)
        -> [String]
    {
        guard H5Tget_class(type) == H5T_STRING else { throw IDRError(.invalidInput, "\(what) does not hold strings") }
        let count = Int(H5Sget_simple_extent_npoints(space))
        guard count > 0 else { return [] }
        return H5Tis_variable_str(type) > 0
            ? try readVariable(type: type, space: space, count: count, called: what, by: transfer)
            : try readFixed(type: type, count: count, called: what, by: transfer)
    }

    private static func readVariable(
        type: hid_t, space: hid_t, count: Int, called what: String, by transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(IDRError) -> [String] {
        // Memory type: the same character set as in the file, or HDF5 refuses the conversion.
        let memory = try HDF5Handle(H5Tcopy(type), "\(what) has no type", closedBy: H5Tclose)
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        try HDF5Failure.check(transfer(memory.id, &pointers), "\(what) cannot be read")
        defer { H5Dvlen_reclaim(memory.id, space, idr_h5_default(), &pointers) }
        return pointers.map { pointer in pointer.map { String(cString: $0) } ?? "" }
    }

    private static func readFixed(
        type: hid_t, count: Int, called what: String, by transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(IDRError) -> [String] {
        let size = H5Tget_size(type)
        var bytes = [UInt8](repeating: 0, count: size * count)
        try HDF5Failure.check(transfer(type, &bytes), "\(what) cannot be read")
        let isSpacePadded = H5Tget_strpad(type) == H5T_STR_SPACEPAD
        return (0..<count).map { index in
            var text = bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }
            if isSpacePadded { while text.last == UInt8(ascii: " ") { text.removeLast() } }
            return String(decoding: text, as: UTF8.self)
        }
    }
}
