import Foundation
package import IDRPlan

/// Whether the process may have the memory that a run takes. Libraries that get none hang, or end the process without a word.
package enum AddressSpace {
    /// What a run takes in addresses, which is far more than in memory. Measured with 1 to 8 threads on the frames of the example: 1.05 to 1.15 GB for
    /// the libraries, the networks and their workspaces. What each image that is computed at the same time adds is an estimate for 1344 x 1024.
    static let base = 1_200_000_000
    static let eachThread = 150_000_000

    /// What a run of so many threads needs, in bytes.
    package static func needed(threads: Int) -> Int { base + min(threads, 1 << 16) * eachThread }

    /// - Parameters:
    ///   - threads: images computed at the same time.
    ///   - limit: in bytes; nil for none.
    /// - Throws: an ``IDRError`` where the limit is below what a run needs.
    package static func check(threads: Int, limit: Int? = currentLimit) throws(IDRError) {
        let needed = needed(threads: threads)
        guard let limit, limit < needed else { return }
        let kilobytes = (needed + 1023) / 1024
        throw IDRError(
            .system, "a run cannot begin: it may not have the memory that it needs",
            because:
                "the limit on addresses (ulimit -v) is \(limit / 1024) kB, and with \(threads.counted("thread", "threads")) a run needs \(kilobytes) kB",
            fix: "set ulimit -v unlimited, or ulimit -v \(kilobytes); fewer --threads need less")
    }

    /// nil where there is none.
    package static var currentLimit: Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur != ~0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }
}
