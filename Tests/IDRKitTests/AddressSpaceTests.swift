import IDRKit
import IDRPlan
import Testing

/// A limit below what a run needs is said at the start, with the figure.
@Suite struct AddressSpaceTests {
    @Test func aLimitThatIsTooLowIsRefused() throws {
        let error = #expect(throws: IDRError.self) { try AddressSpace.check(threads: 2, limit: 500_000 << 10) }
        let needed = (AddressSpace.needed(threads: 2) + 1023) / 1024
        #expect(
            error?.code == .system && error?.reason?.contains("500000 kB") == true && error?.reason?.contains("2 threads") == true, "\(error as Any)")
        #expect(error?.advice?.contains("ulimit -v \(needed)") == true)
        try AddressSpace.check(threads: 2, limit: needed << 10)
        try AddressSpace.check(threads: 2, limit: nil)
    }

    @Test func moreThreadsNeedMore() {
        #expect(AddressSpace.needed(threads: 8) > AddressSpace.needed(threads: 1) && AddressSpace.needed(threads: .max) > 0)
    }
}
