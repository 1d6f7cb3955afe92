package import IDRPlan

/// Flags that a person adds to the compiler's, `-Xswiftc -DFAST`. Records keep them and reproductions use them, so that only flags are
/// taken that cannot load or write a file.
package struct CompilerFlags {
    private(set) var values: [String] = []

    package init() {}

    /// - Throws: an ``IDRError`` for a flag that is not on the list.
    package init(_ flags: [String]) throws(IDRError) {
        for flag in flags where !Self.isAllowed(flag) {
            throw IDRError(
                .refused, "the compiler flag \(flag) is not passed on", because: "only -D<NAME>, -O, -Onone, -Osize and -Ounchecked are",
                fix: "leave it out, or build the script as a package of your own")
        }
        values = flags
    }

    /// Those that a record names, without the ones that every script is compiled with.
    package init(recorded: [String]) throws(IDRError) {
        try self.init(recorded.starts(with: Self.always) ? Array(recorded.dropFirst(Self.always.count)) : recorded)
    }

    /// What every script is compiled with, without the flags that name folders.
    package static let always = [
        "-O", "-g", "-swift-version", "6", "-enable-upcoming-feature", "NonisolatedNonsendingByDefault", "-module-name", "script",
    ]

    /// For records.
    package var all: [String] { Self.always + values }

    private static func isAllowed(_ flag: String) -> Bool {
        ["-O", "-Onone", "-Osize", "-Ounchecked"].contains(flag) || flag.wholeMatch(of: /-D[A-Za-z_][A-Za-z0-9_]*/) != nil
    }
}
