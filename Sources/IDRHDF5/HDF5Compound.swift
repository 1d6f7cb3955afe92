import CHDF5
import IDRPlan

extension HDF5Dataset {
    /// The strings in a member of compounds.
    func texts(ofMember member: String) throws(IDRError) -> [String] {
        let type = try memberType(member)
        let texts = HDF5Strings(
            shape: info.shape, isFiltered: info.isFiltered, limits: limits, object: "member \(member) of \(object)", path: path)
        return try texts.read(type: type.id) { read(member, as: $0, $1, into: $2) }
    }

    /// The numbers in a member of compounds, converted.
    func numbers(ofMember member: String, as type: HDF5ScalarType) throws(IDRError) -> HDF5Numbers {
        let memberType = try memberType(member)
        guard HDF5DatasetInfo.holdsNumbers(memberType.id) else { throw IDRError(.invalidInput, "member \(member) of \(what) holds no numbers") }
        let count = try limits.count(
            of: info.shape, bytes: info.elementSize, memory: type.bytes, isFiltered: info.isFiltered, object, of: path)
        return try HDF5Numbers.read(type, count: count, called: "member \(member) of \(what)") { read(member, as: $0, idr_h5_default(), into: $1) }
    }

    private func memberType(_ member: String) throws(IDRError) -> HDF5Handle {
        guard info.members.contains(member) else { throw IDRError(.invalidInput, "there is no member \(member) in \(what)") }
        guard info.elementSize <= HDF5Limits.largestElement else {
            throw IDRError(
                .invalidInput, "\(what) is too large to be read",
                because: "\(object) declares compounds of \(info.elementSize) bytes; at most \(HDF5Limits.largestElement) are read")
        }
        _ = try limits.count(of: info.shape, bytes: info.elementSize, isFiltered: info.isFiltered, object, of: path)
        let type = try HDF5Handle(H5Dget_type(handle.id), "\(what) has no type", closedBy: H5Tclose)
        let index = try HDF5Failure.check(H5Tget_member_index(type.id, member), "there is no member \(member) in \(what)")
        let found = try HDF5Handle(
            H5Tget_member_type(type.id, UInt32(index)), "member \(member) of \(what) has no type", closedBy: H5Tclose)
        guard Int(clamping: H5Tget_size(found.id)) <= info.elementSize else {
            throw IDRError(.invalidInput, "member \(member) of \(what) cannot be read", because: "it is larger than the compound that it is in")
        }
        return found
    }

    /// HDF5 reads the members that the memory's compound has and leaves the others out.
    private func read(_ member: String, as type: hid_t, _ properties: hid_t, into buffer: UnsafeMutableRawPointer) -> herr_t {
        let memory = H5Tcreate(H5T_COMPOUND, H5Tget_size(type))
        guard memory >= 0 else { return -1 }
        defer { H5Tclose(memory) }
        let inserted = H5Tinsert(memory, member, 0, type)
        return inserted < 0 ? inserted : H5Dread(handle.id, memory, idr_h5s_all(), idr_h5s_all(), properties, buffer)
    }
}
