import CHDF5
import IDRPlan

extension HDF5Strings {
    /// The type of UTF-8 strings of variable length.
    static func variableUTF8() throws(IDRError) -> HDF5Handle {
        let type = try HDF5Handle(H5Tcopy(idr_h5t_c_s1()), "HDF5 has no type for strings", closedBy: H5Tclose)
        try HDF5Failure.check(H5Tset_size(type.id, idr_h5t_variable()), "HDF5 has no type for strings")
        try HDF5Failure.check(H5Tset_cset(type.id, H5T_CSET_UTF8), "HDF5 has no type for strings")
        return type
    }

    /// The strings as C strings, one after the other in one piece of memory, which lives as long as `body` runs.
    static func withPointers<Result>(to strings: [String], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
        var bytes: [CChar] = []
        var starts: [Int] = []
        for string in strings {
            starts.append(bytes.count)
            // HDF5's strings end at the first NUL.
            bytes.append(contentsOf: string.utf8.lazy.prefix { $0 != 0 }.map { CChar(bitPattern: $0) })
            bytes.append(0)
        }
        return bytes.withUnsafeBufferPointer { buffer in body(starts.map { start in buffer.baseAddress.map { $0 + start } }) }
    }
}
