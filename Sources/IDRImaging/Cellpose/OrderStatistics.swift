/// Finds values of given rank among floats without sorting them: a histogram of the upper half of their bits, then one of the lower half within
/// the bucket that holds the rank.
struct OrderStatistics {
    private let pixels: [Float]
    private let upper: [Int]
    let hasNaN: Bool

    init(_ pixels: [Float]) {
        var counts = [Int](repeating: 0, count: 65536)
        var hasNaN = false
        counts.withUnsafeMutableBufferPointer { counts in
            for value in pixels {
                counts[Int(Self.key(value) >> 16)] &+= 1
                hasNaN = hasNaN || value != value
            }
        }
        self.pixels = pixels
        self.hasNaN = hasNaN
        upper = counts
    }

    /// The value that stands at `rank` (0 is the smallest) in ascending order.
    func value(ofRank rank: Int) -> Float {
        let (bucket, rankInBucket) = Self.find(rank, in: upper)
        var lower = [Int](repeating: 0, count: 65536)
        lower.withUnsafeMutableBufferPointer { lower in
            for value in pixels {
                let key = Self.key(value)
                if Int(key >> 16) == bucket { lower[Int(key & 0xFFFF)] &+= 1 }
            }
        }
        let (rest, _) = Self.find(rankInBucket, in: lower)
        return Self.value(UInt32(bucket << 16 | rest))
    }

    private static func find(_ rank: Int, in counts: [Int]) -> (index: Int, rest: Int) {
        var rest = rank
        for (index, count) in counts.enumerated() {
            if rest < count { return (index, rest) }
            rest -= count
        }
        return (counts.count - 1, 0)
    }

    /// Bits whose order as an unsigned number is the order of the floats.
    @inline(__always)
    private static func key(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
    }

    private static func value(_ key: UInt32) -> Float {
        Float(bitPattern: key & 0x8000_0000 == 0 ? ~key : key & 0x7FFF_FFFF)
    }
}
