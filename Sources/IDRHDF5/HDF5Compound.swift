import CHDF5
import IDRPlan

/// A dataset of compounds, read one member at a time.
@HDF5Actor
struct HDF5Compound: ~Copyable {
    private let dataset: HDF5Handle
    private let type: HDF5Handle
    private let space: HDF5Handle
    private let what: String

    init(dataset: consuming HDF5Handle, called what: String) throws(IDRError) {
        let type = try HDF5Handle(H5Dget_type(dataset.id), "\(what) has no type", closedBy: H5Tclose)
        let space = try HDF5Handle(H5Dget_space(dataset.id), "\(what) has no shape", closedBy: H5Sclose)
        guard H5Tget_class(type.id) == H5T_COMPOUND else { throw IDRError(.invalidInput, "\(what) holds no compounds") }
        self.dataset = dataset
        self.type = type
        self.space = space
        self.what = what
    }

    var memberNames: [String] {
        (0..<UInt32(max(0, H5Tget_nmembers(type.id)))).compactMap { index in
            guard let name = H5Tget_member_name(type.id, index) else { return nil }
            defer { H5free_memory(name) }
            return String(cString: name)
        }
    }

    func strings(of member: String) throws(IDRError) -> [String] {
        let type = try memberType(member)
        return try HDF5Strings.read(type: type.id, space: space.id, called: "member \(member) of \(what)") { memberType, buffer in
            read(member, as: memberType, into: buffer)
        }
    }

    func numbers<T: HDF5Scalar>(of member: String) throws(IDRError) -> [T] {
        let type = try memberType(member)
        guard [H5T_INTEGER, H5T_FLOAT].contains(H5Tget_class(type.id)) else {
            throw IDRError(.invalidInput, "member \(member) of \(what) holds no numbers")
        }
        var values = [T](repeating: .zero, count: max(0, Int(H5Sget_simple_extent_npoints(space.id))))
        if !values.isEmpty {
            try HDF5Failure.check(read(member, as: T.hdf5Type.memory, into: &values), "member \(member) of \(what) cannot be read")
        }
        return values
    }

    private func memberType(_ member: String) throws(IDRError) -> HDF5Handle {
        let index = try HDF5Failure.check(H5Tget_member_index(type.id, member), "there is no member \(member) in \(what)")
        return try HDF5Handle(H5Tget_member_type(type.id, UInt32(index)), "member \(member) of \(what) has no type", closedBy: H5Tclose)
    }

    /// HDF5 reads the members that the memory's compound has and leaves the others out.
    private func read(_ member: String, as type: hid_t, into buffer: UnsafeMutableRawPointer) -> herr_t {
        let memory = H5Tcreate(H5T_COMPOUND, H5Tget_size(type))
        defer { H5Tclose(memory) }
        let inserted = H5Tinsert(memory, member, 0, type)
        return inserted < 0 ? inserted : H5Dread(dataset.id, memory, idr_h5s_all(), idr_h5s_all(), idr_h5_default(), buffer)
    }
}
