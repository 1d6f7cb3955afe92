/// Waits until `isSo`, looking every few milliseconds.
/// - Parameter seconds: how long at most. Beside a whole suite on two cores a task may not be woken for minutes.
/// - Throws: ``NeverSo`` after that time; `CancellationError`; what `isSo` throws.
package func eventually(
    _ what: String, within seconds: Double = 600, file: StaticString = #fileID, line: UInt = #line, _ isSo: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try await !isSo() {
        guard ContinuousClock.now < end else { throw NeverSo(description: "\(file):\(line): it never was so in \(seconds) s: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// What a test waited for did not come.
package struct NeverSo: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}
