/// Work side by side, so much at once and no more.
package enum Parallel {
    /// Does `work` on all `items` and hands its results to `receive`, on the caller's side, in the order in which they come.
    /// - Throws: the first error of `work`; the rest is cancelled.
    package static func forEach<Item: Sendable, Result: Sendable>(
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

    /// `work` of all `items`, in their order; as ``forEach(_:atOnce:_:receive:)``.
    package static func map<Item: Sendable, Result: Sendable>(
        _ items: [Item], atOnce: Int = 16, _ work: @escaping @Sendable (Item) async throws -> Result
    ) async throws -> [Result] {
        var results = [Result?](repeating: nil, count: items.count)
        try await forEach(Array(items.enumerated()), atOnce: atOnce) {
            ($0.offset, try await work($0.element))
        } receive: { index, result in
            results[index] = result
        }
        return results.compactMap(\.self)
    }
}
