import CHDF5
import Foundation
import IDRPlan

/// Strings of both kinds: fixed length (null or space padded) and variable length.
struct HDF5Strings {
    let shape: [Int]
    let isFiltered: Bool
    let limits: HDF5Limits
    /// Such as `dataset /a`, of `path`.
    let object: String
    let path: String

    private var what: String { "\(object) of \(path)" }

    /// Reads strings of the type `type`.
    /// - Parameter transfer: reads elements of a memory type, with a list of transfer properties, to a place in memory.
    func read(type: hid_t, by transfer: (hid_t, _ properties: hid_t, UnsafeMutableRawPointer) -> herr_t) throws(IDRError) -> [String] {
        guard H5Tget_class(type) == H5T_STRING else { throw IDRError(.invalidInput, "\(what) does not hold strings") }
        let size = Int(clamping: H5Tget_size(type))
        let count = try limits.count(of: shape, bytes: size, memory: size, isFiltered: isFiltered, object, of: path)
        guard count > 0 else { return [] }
        return H5Tis_variable_str(type) > 0
            ? try readVariable(type: type, count: count, by: transfer) : try readFixed(type: type, size: size, count: count, by: transfer)
    }

    private func readVariable(type: hid_t, count: Int, by transfer: (hid_t, hid_t, UnsafeMutableRawPointer) -> herr_t) throws(IDRError) -> [String] {
        // Memory type: the same character set as in the file, or HDF5 refuses the conversion.
        let memory = try HDF5Handle(H5Tcopy(type), "\(what) has no type", closedBy: H5Tclose)
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        // Each text is stored once, uncompressed, and ends with a zero in memory.
        let (most, overflow) = limits.fileLength.addingReportingOverflow(count)
        let arena = TextArena(most: overflow ? HDF5Limits.largestTexts : min(most, HDF5Limits.largestTexts))
        let properties = try arena.transferProperties("\(what) cannot be read")
        let status = withExtendedLifetime(arena) { transfer(memory.id, properties.id, &pointers) }
        guard !arena.isFull else {
            HDF5Failure.clear()
            throw IDRError(
                .invalidInput, "\(what) is too large to be read", because: "\(object) holds strings of more than \(arena.most) bytes")
        }
        try HDF5Failure.check(status, "\(what) cannot be read")
        let strings = pointers.map { pointer in pointer.map { String(cString: $0) } ?? "" }
        // HDF5 takes no properties for an attribute: its strings are HDF5's own.
        if arena.isUnused {
            var length = hsize_t(count)
            let space = try HDF5Handle(H5Screate_simple(1, &length, nil), "\(what) has no shape", closedBy: H5Sclose)
            H5Dvlen_reclaim(memory.id, space.id, idr_h5_default(), &pointers)
        }
        return strings
    }

    private func readFixed(
        type: hid_t, size: Int, count: Int, by transfer: (hid_t, hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(IDRError) -> [String] {
        var status: herr_t = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: size * count) { buffer, initialized in
            if let start = buffer.baseAddress { status = transfer(type, idr_h5_default(), start) }
            initialized = status >= 0 ? size * count : 0
        }
        try HDF5Failure.check(status, "\(what) cannot be read")
        let isSpacePadded = H5Tget_strpad(type) == H5T_STR_SPACEPAD
        return (0..<count).map { index in
            var text = bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }
            if isSpacePadded { while text.last == UInt8(ascii: " ") { text.removeLast() } }
            return String(decoding: text, as: UTF8.self)
        }
    }
}

/// Where HDF5 puts strings of variable length, up to a limit: many elements of a file may lead to one large text of it.
private final class TextArena {
    private var pieces: [UnsafeMutableRawPointer] = []
    private var bytes = 0
    let most: Int
    private(set) var isFull = false
    var isUnused: Bool { pieces.isEmpty && !isFull }

    init(most: Int) { self.most = most }

    /// The arena must outlive the use of the list.
    func transferProperties(_ what: String) throws(IDRError) -> HDF5Handle {
        let properties = try HDF5Handle(H5Pcreate(idr_h5p_dataset_transfer()), what, closedBy: H5Pclose)
        try HDF5Failure.check(
            H5Pset_vlen_mem_manager(
                properties.id,
                { size, arena in arena.flatMap { Unmanaged<TextArena>.fromOpaque($0).takeUnretainedValue().allocate(size) } },
                Unmanaged.passUnretained(self).toOpaque(), { _, _ in }, nil), what)
        return properties
    }

    private func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        guard size >= 0, size <= most - bytes else {
            isFull = true
            return nil
        }
        bytes += size
        guard let piece = malloc(max(size, 1)) else { return nil }
        pieces.append(piece)
        return piece
    }

    deinit { pieces.forEach { free($0) } }
}
