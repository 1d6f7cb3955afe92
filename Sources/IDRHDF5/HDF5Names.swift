import CHDF5
import Foundation
import IDRPlan

/// Names in a file, whole: HDF5 hands over each at its full length.
enum HDF5Names {
    /// Of the links of an open group, sorted.
    static func links(of group: hid_t, called what: String) throws(IDRError) -> [String] {
        try list(what) { list in
            idr_h5_each_link(
                group, { _, name, _, list in list?.assumingMemoryBound(to: List.self).pointee.add(name) ?? -1 }, list)
        }
    }

    /// Of the attributes of an open object, sorted.
    static func attributes(of object: hid_t, called what: String) throws(IDRError) -> [String] {
        try list(what) { list in
            H5Aiterate2(
                object, H5_INDEX_NAME, H5_ITER_NATIVE, nil,
                { _, name, _, list in list?.assumingMemoryBound(to: List.self).pointee.add(name) ?? -1 }, list)
        }
    }

    private struct List {
        var names: [String] = []
        var bytes = 0
        var isTooLong = false

        /// 0 goes on to the next name, 1 stops.
        mutating func add(_ name: UnsafePointer<CChar>?) -> herr_t {
            guard let name else { return -1 }
            bytes += strlen(name)
            isTooLong = names.count >= HDF5Limits.mostNames || bytes > HDF5Limits.largestNames
            if !isTooLong { names.append(String(cString: name)) }
            return isTooLong ? 1 : 0
        }
    }

    private static func list(_ what: String, _ visit: (UnsafeMutableRawPointer) -> herr_t) throws(IDRError) -> [String] {
        var list = List()
        let status = withUnsafeMutablePointer(to: &list) { visit(UnsafeMutableRawPointer($0)) }
        try HDF5Failure.check(status, "\(what) cannot be listed")
        guard !list.isTooLong else {
            throw IDRError(
                .invalidInput, "\(what) cannot be listed",
                because: "it has more than \(HDF5Limits.mostNames) names, or they take more than \(HDF5Limits.largestNames) bytes")
        }
        return list.names.sorted()
    }
}
