import CHDF5
import IDRPlan

/// An open HDF5 identifier that is closed exactly once.
struct HDF5Handle: ~Copyable {
    let id: hid_t
    private let close: (hid_t) -> herr_t

    /// Takes ownership of `id`; throws HDF5's own message where it is negative.
    init(_ id: hid_t, _ what: @autoclosure () -> String, closedBy close: @escaping (hid_t) -> herr_t) throws(IDRError) {
        guard id >= 0 else { throw HDF5Failure.error(what()) }
        self.id = id
        self.close = close
    }

    deinit { _ = close(id) }
}

enum HDF5Failure {
    /// HDF5's innermost message about the failure just seen, as an error. The stack is cleared at once:
    /// left alone, it makes the library's exit handler complain about files that it cannot close.
    static func error(_ problem: String) -> IDRError {
        var messages: [String] = []
        withUnsafeMutablePointer(to: &messages) { pointer in
            _ = H5Ewalk2(
                idr_h5_estack(), H5E_WALK_DOWNWARD,
                { _, entry, data in
                    guard let entry, let data, let text = entry.pointee.desc else { return 0 }
                    data.assumingMemoryBound(to: [String].self).pointee.append(String(cString: text))
                    return 0
                }, pointer)
        }
        clear()
        return IDRError(.invalidInput, problem, because: messages.last.map { "HDF5 says: \($0)" })
    }

    /// Forgets what failed.
    static func clear() { H5Eclear2(idr_h5_estack()) }

    /// Throws unless `status` is a success (>= 0).
    @discardableResult
    static func check<Status: SignedInteger>(_ status: Status, _ what: @autoclosure () -> String) throws(IDRError) -> Status {
        guard status >= 0 else { throw error(what()) }
        return status
    }

    /// HDF5 prints its error stack to stderr unless told otherwise, once per thread.
    static func silencePrinting() {
        _ = leavesAtExit
        H5Eset_auto2(idr_h5_estack(), nil, nil)
    }

    /// What HDF5 would do at the process's end is not needed, and after it has met a damaged file it complains that it cannot close it.
    private static let leavesAtExit: Bool = H5dont_atexit() >= 0
}
