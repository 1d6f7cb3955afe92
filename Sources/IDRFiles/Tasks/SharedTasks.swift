/// Values that are made once, by whoever asks first; the others wait for it. A failure is not kept.
package actor SharedTasks<Key: Hashable & Sendable, Value: Sendable> {
    package init() {}

    private var tasks: [Key: Task<Value, any Error>] = [:]

    package func value(of key: Key, make: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = tasks[key] ?? Task { try await make() }
        tasks[key] = task
        do {
            return try await task.value
        } catch {
            tasks[key] = nil
            throw error
        }
    }
}
