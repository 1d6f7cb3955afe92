/// Lines that two texts have otherwise.
struct LineDifference {
    /// One place: the lines of each side with the number of the first, counted from 1.
    struct Change: Equatable {
        var line: Int
        var otherLine: Int
        var removed: [Substring]
        var added: [Substring]
    }

    private(set) var changes: [Change] = []
    /// Longer parts than this are one change as a whole: the table of the longest common subsequence has a cell a pair of lines.
    private static let most = 2000

    init(_ a: String, _ b: String) {
        let (own, others) = (a.split(separator: "\n", omittingEmptySubsequences: false), b.split(separator: "\n", omittingEmptySubsequences: false))
        let start = zip(own, others).prefix { $0 == $1 }.count
        let rest = min(own.count, others.count) - start
        let end = zip(own.reversed(), others.reversed()).prefix { $0 == $1 }.prefix(rest).count
        compare(Array(own[start..<own.count - end]), Array(others[start..<others.count - end]), from: start)
    }

    private mutating func compare(_ a: [Substring], _ b: [Substring], from start: Int) {
        guard a.count <= Self.most, b.count <= Self.most else {
            changes.append(Change(line: start + 1, otherLine: start + 1, removed: a, added: b))
            return
        }
        let width = b.count + 1
        // Length of the longest common subsequence of what is left from each pair of places.
        var common = [Int32](repeating: 0, count: (a.count + 1) * width)
        for i in a.indices.reversed() {
            for j in b.indices.reversed() {
                common[i * width + j] =
                    a[i] == b[j] ? common[(i + 1) * width + j + 1] + 1 : max(common[(i + 1) * width + j], common[i * width + j + 1])
            }
        }
        var (i, j, open) = (0, 0, false)
        while i < a.count || j < b.count {
            if i < a.count, j < b.count, a[i] == b[j] {
                (i, j, open) = (i + 1, j + 1, false)
                continue
            }
            if !open { changes.append(Change(line: start + i + 1, otherLine: start + j + 1, removed: [], added: [])) }
            open = true
            if j == b.count || (i < a.count && common[(i + 1) * width + j] >= common[i * width + j + 1]) {
                changes[changes.count - 1].removed.append(a[i])
                i += 1
            } else {
                changes[changes.count - 1].added.append(b[j])
                j += 1
            }
        }
    }
}
