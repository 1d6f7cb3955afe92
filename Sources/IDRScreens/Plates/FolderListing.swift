import Foundation
import IDRFiles
import IDRFormats

/// What lies in a folder: names, sorted.
package struct FolderListing: Sendable, Equatable {
    package let files: [String]
    package let folders: [String]

    /// Names that could not be one part of a path are left out; a folder has no more than so many.
    private static let most = 1 << 20

    package init(files: some Sequence<String>, folders: some Sequence<String>) {
        let isName = { (name: String) in (try? PathPart.checked(name, called: "a name in the folder")) != nil }
        self.files = Set(files.prefix(Self.most)).filter(isName).sorted()
        self.folders = Set(folders.prefix(Self.most)).filter(isName).sorted()
    }

    /// Reads the page by which Apache, nginx and their like list a folder: what its links lead to, one step below the page.
    /// - Parameter path: of the page on its server, percent-encoded; links may be written from the server's root.
    package init(page: [UInt8], path: String) {
        var (files, folders): ([String], [String]) = ([], [])
        let text = String(decoding: page, as: UTF8.self)
        for link in text.matches(of: #/href\s*=\s*(?:"([^"]*)"|'([^']*)')/#.ignoresCase()).prefix(Self.most) {
            var target = String(link.output.1 ?? link.output.2 ?? "").replacing("&amp;", with: "&").replacing("&#39;", with: "'")
            if target.hasPrefix("./") { target.removeFirst(2) }
            let root = path.hasSuffix("/") ? path : path + "/"
            if target.hasPrefix(root) { target.removeFirst(root.count) }
            guard let name = target.removingPercentEncoding, !target.contains("?"), !target.contains("#"), !target.contains(":") else { continue }
            if name.hasSuffix("/") { folders.append(String(name.dropLast())) } else { files.append(name) }
        }
        self.init(files: files, folders: folders)
    }

    /// Reads what an FTP server answers to LIST, as Unix programs write it: eight columns and the name.
    package init(ftp text: [UInt8]) {
        var (files, folders): ([String], [String]) = ([], [])
        for line in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).prefix(Self.most) {
            let columns = line.split(separator: " ", maxSplits: 8, omittingEmptySubsequences: true)
            guard columns.count == 9, let kind = line.first, "dl-".contains(kind) else { continue }
            // A link's own name stands before the arrow.
            let name = kind == "l" ? columns[8].components(separatedBy: " -> ")[0] : String(columns[8])
            if kind == "d" { folders.append(name) } else { files.append(name) }
        }
        self.init(files: files.filter { $0 != "." && $0 != ".." }, folders: folders.filter { $0 != "." && $0 != ".." })
    }
}
