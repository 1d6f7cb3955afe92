import CHDF5
import IDRPlan

/// What is known of a dataset without reading its elements.
package struct HDF5DatasetInfo: Sendable, Hashable {
    /// One number per dimension, slowest first.
    package let shape: [Int]
    /// nil where the elements are strings, compounds or another number type.
    package let type: HDF5ScalarType?
    /// The chunk's shape, or nil where the storage is contiguous or compact.
    package let chunk: [Int]?
    /// Whether chunks are stored compressed or otherwise transformed.
    package let isFiltered: Bool

    init(dataset: hid_t, called what: String) throws(IDRError) {
        let space = try HDF5Handle(H5Dget_space(dataset), "\(what) has no shape", closedBy: H5Sclose)
        let rank = try HDF5Failure.check(H5Sget_simple_extent_ndims(space.id), "\(what) has no shape")
        var dimensions = [hsize_t](repeating: 0, count: Int(rank))
        H5Sget_simple_extent_dims(space.id, &dimensions, nil)
        shape = dimensions.map { Int(clamping: $0) }

        let type = try HDF5Handle(H5Dget_type(dataset), "\(what) has no type", closedBy: H5Tclose)
        let isSigned = H5Tget_sign(type.id) == H5T_SGN_2
        self.type =
            switch (H5Tget_class(type.id), H5Tget_size(type.id), isSigned) {
            case (H5T_INTEGER, 1, false): .uint8
            case (H5T_INTEGER, 2, false): .uint16
            case (H5T_INTEGER, 4, true): .int32
            case (H5T_INTEGER, 8, true): .int64
            case (H5T_FLOAT, 4, _): .float32
            case (H5T_FLOAT, 8, _): .float64
            default: nil
            }

        let creation = try HDF5Handle(H5Dget_create_plist(dataset), "\(what) has no storage layout", closedBy: H5Pclose)
        if H5Pget_layout(creation.id) == H5D_CHUNKED {
            var chunk = [hsize_t](repeating: 0, count: Int(rank))
            H5Pget_chunk(creation.id, rank, &chunk)
            self.chunk = chunk.map { Int(clamping: $0) }
        } else {
            chunk = nil
        }
        isFiltered = H5Pget_nfilters(creation.id) > 0
    }
}
