import IDRPlan

/// How an array of Zarr 2 or 3 is stored; made of its metadata, and checked.
struct ZarrLayout: Sendable, Hashable {
    /// Planes, chunks and shard indices that take more than so many bytes are refused, because metadata may claim anything.
    static let planeLimit = 1 << 30
    static let chunkLimit = 1 << 28
    static let indexLimit = 1 << 26
    static let longestAxis = 1 << 40
    static let ranks = 2...16

    let shape: [Int]
    /// Shape of what is packed as one: the chunks, or those within the shards. Chunks at the array's edge are stored whole.
    let chunk: [Int]
    let type: StoredType
    /// See ``ZarrFill/bits(_:)``.
    let fill: UInt64
    let codecs: ZarrCodecs
    /// From the stored objects inwards; none where chunks are objects themselves.
    let shards: [ZarrShards]
    let keys: ZarrChunkKeys

    init(
        shape: [Int], chunk: [Int], type: StoredType, fill: ZarrFill, codecs: ZarrCodecs, shards: [ZarrShards] = [], keys: ZarrChunkKeys
    ) throws(IDRError) {
        guard Self.ranks.contains(shape.count) else {
            throw Self.unusable("it has \(shape.count) dimensions", because: "\(Self.ranks.lowerBound) to \(Self.ranks.upperBound) can be read")
        }
        guard chunk.count == shape.count else {
            throw Self.unusable("its shape has \(shape.count) dimensions and its chunks have \(chunk.count)")
        }
        guard shape.allSatisfy({ (1...Self.longestAxis).contains($0) }) else { throw Self.unusable("its shape is \(shape)") }
        guard Self.product(shape.suffix(2) + [type.bytes], limit: Self.planeLimit) != nil else {
            throw Self.unusable("a plane of its shape \(shape) takes more than \(Self.planeLimit) bytes")
        }
        guard chunk.allSatisfy({ $0 >= 1 }), Self.product(chunk + [type.bytes], limit: Self.chunkLimit) != nil else {
            throw Self.unusable("its chunks have the shape \(chunk)", because: "they must have pixels, and at most \(Self.chunkLimit) bytes")
        }
        guard codecs.axisOrder.sorted() == Array(shape.indices) else {
            throw Self.unusable("its axes are stored in the order \(codecs.axisOrder)", because: "it has \(shape.count) axes, counted from 0")
        }
        guard let bits = fill.bits(type) else { throw Self.unusable("its fill value is not a number of the type \(type.rawValue)") }
        self.shape = shape
        self.chunk = chunk
        self.type = type
        self.fill = bits
        self.codecs = codecs
        self.shards = shards
        self.keys = keys
    }

    var height: Int { shape[shape.count - 2] }
    var width: Int { shape[shape.count - 1] }
    /// Bytes of a chunk before it was packed.
    var chunkBytes: Int { chunk.reduce(type.bytes, *) }

    /// How many pixels one step along each axis of the array is in an unpacked chunk.
    var strides: [Int] {
        var strides = [Int](repeating: 1, count: chunk.count)
        var step = 1
        for axis in codecs.axisOrder.reversed() {
            strides[axis] = step
            step *= chunk[axis]
        }
        return strides
    }

    /// The product of numbers that are at least 1; nil where it is above `limit`.
    static func product(_ factors: some Sequence<Int>, limit: Int) -> Int? {
        var product = 1
        for factor in factors {
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            guard !overflow, next <= limit else { return nil }
            product = next
        }
        return product
    }

    static func unusable(_ problem: String, because reason: String? = nil) -> IDRError {
        IDRError(.invalidInput, "the array cannot be read: \(problem)", because: reason)
    }

    /// - Parameter known: what can be read instead.
    static func unknown(_ what: String, _ name: String, known: String) -> IDRError {
        IDRError(
            .invalidInput, "the array cannot be read: its \(what) \"\(ZarrText.shown(name))\" is not known", because: "known are \(known)",
            fix: "convert the image to one of these")
    }
}

/// How the key of a chunk is made of its place in the grid of chunks.
struct ZarrChunkKeys: Sendable, Hashable {
    let prefix: String
    let separator: String

    init(prefix: String, separator: String) throws(IDRError) {
        guard separator == "." || separator == "/" else { throw ZarrLayout.unknown("separator of chunk keys", separator, known: "\".\" and \"/\"") }
        self.prefix = prefix
        self.separator = separator
    }

    func key(_ place: [Int]) -> String { joined(place, separator) }

    /// The key that the chunk has where it was named with the other separator.
    func otherKey(_ place: [Int]) -> String { joined(place, separator == "/" ? "." : "/") }

    private func joined(_ place: [Int], _ separator: String) -> String {
        ((prefix.isEmpty ? [] : [prefix]) + place.map { String($0) }).joined(separator: separator)
    }
}
