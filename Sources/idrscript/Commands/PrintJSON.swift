import Foundation
import IDRKit
import IDRRecord

/// Prints a value as JSON for programs.
func printJSON(_ value: some Encodable) throws { print(String(decoding: try CanonicalJSON.encode(value), as: UTF8.self), terminator: "") }
