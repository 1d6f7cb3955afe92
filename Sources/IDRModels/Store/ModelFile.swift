import Foundation
import IDRFiles
package import IDRPlan

/// A file of weights, known by content.
package struct ModelFile: Sendable, Hashable {
    /// What a file of weights is: the name of an entry of ``ModelKinds/all``, where the names stand.
    package struct Kind: RawRepresentable, Codable, Sendable, Hashable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// What the file at `path` is. Whether it works is not looked at.
        /// - Throws: ``IDRError`` for a file that is none of these, or whose beginning cannot be read.
        package init(of path: String) throws(IDRError) { self = try ModelKinds.kind(of: path).kind }

        /// For people.
        package var text: String { entry?.text ?? rawValue }

        /// What such a file is for; nil where this program does not know it.
        package var part: ModelPart? { entry?.part }

        var entry: (any ModelKind)? { ModelKinds.all.first { $0.kind == self } }
    }

    package let file: ContentFile
    package let kind: Kind

    /// The file at `path`, which is read, and not tried.
    /// - Throws: ``IDRError`` where it is none of the kinds, or cannot be read.
    package init(reading path: String) throws(IDRError) {
        file = try ContentFile(file: path, name: URL(fileURLWithPath: path).lastPathComponent)
        kind = try Kind(of: path)
    }

    /// The ending of a path's last part, with its dot: what stands behind the last dot, or one with several dots that a kind has.
    static func ending(of path: String) -> String {
        let name = lastPathComponent(of: path)
        let long = ModelKinds.all.flatMap(\.endings).filter { $0.dropFirst().contains(".") }
        if let ending = long.first(where: { name.hasSuffix($0) && name != $0 }) { return ending }
        let ending = URL(fileURLWithPath: path).pathExtension
        return ending.isEmpty ? "" : "." + ending
    }
}
