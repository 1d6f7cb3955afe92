/// Work side by side, so much at once and no more.
enum Parallel {
    /// Does `work` on all `items` and hands its results to `receive`, on the caller's side, in the order in which they come.
    /// - Throws: the first error of `work`; the rest is cancelled.
    static func forEach<Item: Sendable, Result: Sendable>(
        _ items: [Item], atOnce: Int, _ work: @escaping @Sendable (Item) async throws -> Result, receive: (Result) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Result.self) { group in
            var rest = items[...]
            for _ in 0..<max(1, atOnce) {
                guard let item = rest.popFirst() else { break }
                group.addTask { try await work(item) }
            }
            while let result = try await group.next() {
                if let item = rest.popFirst() { group.addTask { try await work(item) } }
                receive(result)
            }
        }
    }
}
