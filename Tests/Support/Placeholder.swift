import Foundation

/// A part of a text that differs between machines and runs, and the name that stands for it in a snapshot. Everything else is compared.
package struct Placeholder: Sendable {
    fileprivate let replace: @Sendable (String) -> String

    /// A text that the test knows: a folder, a digest of something that was built.
    package static func text(_ text: String, _ name: String) -> Placeholder {
        Placeholder { text.isEmpty ? $0 : $0.replacing(text, with: "<\(name)>") }
    }

    /// Any SHA-256, for outputs that name what only this run or this build has.
    package static let digests = Placeholder { $0.replacing(/\b[0-9a-f]{64}\b/, with: "<sha256>") }

    /// `2026-11-29 23:46:24` and the like, with or without a zone.
    package static let times = Placeholder { $0.replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?Z?/, with: "<time>") }

    /// `0.42 s`, `12 s`.
    package static let seconds = Placeholder { $0.replacing(/\b[0-9]+(\.[0-9]+)?(e-[0-9]+)? s\b/, with: "<seconds> s") }

    /// `27.891743614073043`: the last digits of what was computed are the processor's.
    package static let computed = Placeholder { $0.replacing(/\b[0-9]+\.[0-9]{10,}\b/, with: "<computed>") }

    /// `229.7 MB`.
    package static let sizes = Placeholder { $0.replacing(/\b[0-9]+(\.[0-9]+)? (B|kB|MB|GB|MiB|GiB)\b/, with: "<size>") }
}

extension String {
    /// The text with names in place of what varies, in the order given.
    package func with(_ placeholders: [Placeholder]) -> String { placeholders.reduce(self) { $1.replace($0) } }
}
