import CHDF5

/// The HDF5 library that is linked.
package enum HDF5Library {
    package static let version: String = {
        var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
        H5get_libversion(&major, &minor, &release)
        return "\(major).\(minor).\(release)"
    }()
}
