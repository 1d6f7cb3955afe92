import Foundation
import IDRFiles
import IDRPlan

/// A folder as the kernel shows it, and what of it is on the disk for certain: files whose bytes were flushed, folders whose entries were.
final class ModelDisk {
    /// What a power cut may leave of what was not flushed.
    enum Cut: String, Sendable, CaseIterable {
        /// Nothing.
        case nothing
        /// Names and no bytes: files end where their flushed bytes end.
        case names
        /// Names and lengths: the rest of the bytes is zero.
        case zeros
        /// All of it.
        case all
    }

    private final class Node {
        let isFolder: Bool
        var bytes: [UInt8] = []
        var entries: [String: Node] = [:]
        var safeBytes: [UInt8] = []
        var safeEntries: [String: Node] = [:]

        init(isFolder: Bool) { self.isFolder = isFolder }

        func flush() { (safeBytes, safeEntries) = (bytes, entries) }
        func flushAll() {
            flush()
            for node in entries.values { node.flushAll() }
        }
    }

    private let root = Node(isFolder: true)

    /// What is in `folder`, all of it flushed.
    init(of folder: String) throws {
        for name in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] {
            let path = "\(folder)/\(name)"
            let parts = name.split(separator: "/").map(String.init)
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            let node = Node(isFolder: isFolder.boolValue)
            if !isFolder.boolValue { node.bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
            try parent(of: parts).entries[parts[parts.count - 1]] = node
        }
        root.flushAll()
    }

    private func node(_ path: [String]) -> Node? { path.reduce(root) { $0?.entries[$1] } }

    private func parent(of path: [String]) throws -> Node {
        guard let folder = node(path.dropLast()), folder.isFolder, !path.isEmpty else {
            throw IDRError(.invalidInput, "the record of calls lacks the folder of \(path.joined(separator: "/"))")
        }
        return folder
    }

    /// What `call` does. Of a file that has lost its name nothing is left to know.
    func apply(_ call: DiskCall) throws {
        let name = call.path.last ?? ""
        switch call.kind {
        case .create, .empty:
            let folder = try parent(of: call.path)
            if folder.entries[name] == nil { folder.entries[name] = Node(isFolder: false) }
            if call.kind == .empty { folder.entries[name]?.bytes = [] }
        case .mkdir: try parent(of: call.path).entries[name] = Node(isFolder: true)
        case .unlink, .rmdir: try parent(of: call.path).entries[name] = nil
        case .write:
            guard let node = node(call.path) else { return }
            let end = call.offset + call.data.count
            if node.bytes.count < end { node.bytes += [UInt8](repeating: 0, count: end - node.bytes.count) }
            node.bytes.replaceSubrange(call.offset..<end, with: call.data)
        case .truncate:
            guard let node = node(call.path) else { return }
            node.bytes = Array(node.bytes.prefix(call.length)) + [UInt8](repeating: 0, count: max(0, call.length - node.bytes.count))
        case .fsync: node(call.path)?.flush()
        case .syncfs: root.flushAll()
        case .rename, .exchange:
            let (from, to) = (try parent(of: call.path), try parent(of: call.other))
            let (moved, replaced) = (from.entries[name], to.entries[call.other[call.other.count - 1]])
            from.entries[name] = call.kind == .exchange ? replaced : nil
            to.entries[call.other[call.other.count - 1]] = moved
        case .stdio: break
        }
    }

    /// What is there after a power cut now: folders' names with nil, files' with their bytes.
    func left(_ cut: Cut) -> [String: [UInt8]?] {
        var found: [String: [UInt8]?] = [:]
        func walk(_ folder: Node, _ path: String) {
            for (name, node) in cut == .nothing ? folder.safeEntries : folder.entries {
                if node.isFolder {
                    found[path + name] = .some(nil)
                    walk(node, path + name + "/")
                } else {
                    found[path + name] = Self.bytes(of: node, cut)
                }
            }
        }
        walk(root, "")
        return found
    }

    private static func bytes(of node: Node, _ cut: Cut) -> [UInt8] {
        switch cut {
        case .nothing, .names: node.safeBytes
        case .zeros: Array(node.safeBytes.prefix(node.bytes.count)) + [UInt8](repeating: 0, count: max(0, node.bytes.count - node.safeBytes.count))
        case .all: node.bytes
        }
    }

    /// The bytes of a file that are on the disk for certain; nil where its name is not there at all.
    func flushed(_ path: [String]) -> [UInt8]? { node(path)?.safeBytes }

    /// Makes `folder` what `left` says.
    static func write(_ left: [String: [UInt8]?], to folder: String) throws {
        try OnDisk.remove(folder)
        try OnDisk.makeFolder(folder)
        for (name, bytes) in left.sorted(by: { $0.key < $1.key }) {
            guard let bytes else { try OnDisk.makeFolder("\(folder)/\(name)"); continue }
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
    }

    static func digest(of left: [String: [UInt8]?]) throws -> Digest {
        var hasher = try SHA256()
        for (name, bytes) in left.sorted(by: { $0.key < $1.key }) {
            try hasher.update(values: Array("\(name) \(bytes?.count ?? -1)\n".utf8))
            if let bytes { try hasher.update(values: bytes) }
        }
        return try hasher.finish()
    }
}
