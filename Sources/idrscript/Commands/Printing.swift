import Foundation
import IDRKit
import IDRRecord

/// Prints a value as JSON for programs.
func printJSON(_ value: some Encodable) throws { print(String(decoding: try CanonicalJSON.encode(value), as: UTF8.self), terminator: "") }

/// What a command says. IDRKit's own `print` is for scripts: it records what is printed, and takes over the signals that would end them.
func print(_ text: String, terminator: String = "\n") { Swift.print(text, terminator: terminator) }
