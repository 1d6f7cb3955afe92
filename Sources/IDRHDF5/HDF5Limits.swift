import CHDF5
import IDRPlan

/// What a file may declare. A damaged or hostile file may declare anything: memory is taken only for what its own size makes possible.
struct HDF5Limits: Sendable {
    /// In bytes.
    let fileLength: Int

    /// In bytes: more is not read at once.
    static let largestRead = 1 << 32
    /// How much a chunk may unfold; deflate reaches 1,032.
    static let largestExpansion = 1 << 12
    /// What was never written is read as zeros, though the file does not hold it; so many bytes of it.
    static let largestUnwritten = 1 << 24
    /// In bytes, of one element.
    static let largestElement = 1 << 20
    /// No type of numbers is wider.
    static let largestNumber = 16
    /// Chunks of one block.
    static let mostChunks = 1 << 22
    /// Names of links, attributes or members in one list, and the bytes of all of them.
    static let mostNames = 1 << 20
    static let largestNames = 1 << 28
    /// Strings of one dataset, in bytes.
    static let largestTexts = 1 << 30

    init(file: hid_t, called what: String) throws(IDRError) {
        var length: hsize_t = 0
        try HDF5Failure.check(H5Fget_filesize(file, &length), "\(what) has no size")
        fileLength = Int(clamping: length)
    }

    /// The number of elements of something of this shape, of which the file and the memory have room.
    /// - Parameters:
    ///   - bytes: of an element in the file.
    ///   - memory: of an element in memory.
    ///   - isFiltered: whether the file may hold it compressed.
    ///   - object: such as `dataset /a`.
    func count(
        of shape: [Int], bytes: Int, memory: Int = 0, isFiltered: Bool = false, _ object: String, of file: String
    ) throws(IDRError) -> Int {
        guard !shape.contains(0) else { return 0 }
        let room = fileLength.multipliedReportingOverflow(by: isFiltered ? Self.largestExpansion : 1)
        let limit = room.overflow ? Self.largestRead : min(Self.largestRead, max(room.partialValue, Self.largestUnwritten))
        guard bytes > 0, let count = Self.product(shape), let inFile = Self.product([count, bytes]), inFile <= limit,
            let inMemory = Self.product([count, max(memory, 1)]), inMemory <= Self.largestRead
        else {
            throw IDRError(
                .invalidInput, "\(object) of \(file) is too large to be read",
                because: "\(object) declares \(shape.isEmpty ? "an element" : "\(shape.map(String.init).joined(separator: " x ")) elements")"
                    + " of \(bytes) bytes, and of a file of \(fileLength) bytes at most \(limit) are read at once")
        }
        return count
    }

    /// nil where it is beyond `Int`, or a length is negative.
    static func product(_ lengths: [Int]) -> Int? {
        var product = 1
        for length in lengths {
            let (next, overflow) = product.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { return nil }
            product = next
        }
        return product
    }
}

extension HDF5Limits {
    /// The lengths of the dimensions of a dataset's or attribute's space; none is a scalar, `[0]` one that holds nothing.
    static func shape(of space: hid_t, called what: String) throws(IDRError) -> [Int] {
        if H5Sget_simple_extent_type(space) == H5S_NULL { return [0] }
        let rank = try HDF5Failure.check(H5Sget_simple_extent_ndims(space), "\(what) has no shape")
        guard rank > 0 else { return [] }
        var dimensions = [hsize_t](repeating: 0, count: Int(rank))
        try HDF5Failure.check(H5Sget_simple_extent_dims(space, &dimensions, nil), "\(what) has no shape")
        return dimensions.map { Int(clamping: $0) }
    }
}
