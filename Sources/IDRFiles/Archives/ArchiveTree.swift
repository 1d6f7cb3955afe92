import IDRPlan

/// Files and folders of an archive as they come: no two of one name, on any file system, and no file where a folder must be.
struct ArchiveTree {
    private enum Kind { case file, folder }
    /// By name without case; texts are compared by what they show, so that forms of Unicode count as one too.
    private var kinds: [String: (kind: Kind, name: String)] = [:]

    /// Adds the file `name`, or a folder where it ends in `/`.
    /// - Throws: ``IDRError`` with code `refused` where the name is not fit, or is there already.
    mutating func add(_ name: String) throws(IDRError) {
        let isFolder = name.hasSuffix("/")
        let parts = try ArchiveName.checked(isFolder ? String(name.dropLast()) : name)
        var path = ""
        for part in parts.dropLast() {
            path += path.isEmpty ? part : "/" + part
            try add(path, .folder)
        }
        try add(path.isEmpty ? parts[parts.count - 1] : path + "/" + parts[parts.count - 1], isFolder ? .folder : .file)
    }

    private mutating func add(_ path: String, _ kind: Kind) throws(IDRError) {
        // Two steps, for some letters have two small forms of one capital.
        let folded = path.uppercased().lowercased()
        guard let other = kinds[folded] else {
            kinds[folded] = (kind, path)
            return
        }
        guard other.kind == kind else { throw ArchiveName.refusal(path, "it is a file and a folder") }
        guard kind == .folder, other.name.utf8.elementsEqual(path.utf8) else {
            throw ArchiveName.refusal(path, "there are two of one name; case and forms of Unicode do not tell files apart everywhere")
        }
    }
}
