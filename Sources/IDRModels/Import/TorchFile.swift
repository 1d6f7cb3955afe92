import IDRFiles
package import IDRPlan

/// The weights in a `.pth` file that `torch.save(model.state_dict(), path)` wrote, in torch's zip format (1.6 and later) or the format before it.
///
/// The file's pickle is read as data by ``Unpickler``: nothing in it is executed, and a file that asks for anything but tensors is refused.
/// Every tensor is checked against its storage before it is read, and is converted to row-major 32-bit floats.
package struct TorchFile: Sendable {
    /// The tensors in the file's order. Where every name begins with `module.`, as `DataParallel` writes them, the prefix is gone.
    package let tensors: [NamedTensor]

    /// Reads the state_dict at `path`.
    ///
    /// - Throws: `missing`, `invalidInput` for truncated, damaged or other files, `refused` for files that ask for code or unfold to far more than their size.
    package init(reading path: String) throws(IDRError) {
        self = try WeightBytes.naming(path) { () throws(IDRError) in
            let isZip = try WeightBytes.read(path, first: 4).starts(with: "PK\u{3}\u{4}".utf8)
            let (stateDict, storages) = isZip ? try TorchZip.read(path) : try TorchLegacy.read(try WeightBytes.read(path))
            return TorchFile(tensors: try stateDict.tensors(from: storages))
        }
    }

    /// Reads a file of the format before torch 1.6 that is in memory.
    package init(legacy bytes: [UInt8]) throws(IDRError) {
        let (stateDict, storages) = try TorchLegacy.read(bytes)
        self.init(tensors: try stateDict.tensors(from: storages))
    }

    private init(tensors: [NamedTensor]) {
        let prefix = "module."
        let isParallel = tensors.allSatisfy { $0.name.hasPrefix(prefix) }
        self.tensors = isParallel ? tensors.map { NamedTensor(name: String($0.name.dropFirst(prefix.count)), tensor: $0.tensor) } : tensors
    }

    /// The tensor called `name`, or nil; the last of equal names counts.
    package subscript(name: String) -> Tensor? { tensors.last { $0.name == name }?.tensor }
}

/// The bytes behind a file's tensors.
struct TorchStorages {
    var bytes: [String: ArraySlice<UInt8>] = [:]
    var isBigEndian = false
    /// The most elements that all tensors together may have.
    var elementLimit: Int
}

/// torch's zip format: `<root>/data.pkl` describes the tensors, `<root>/data/<key>` holds each storage.
private enum TorchZip {
    /// The largest description that is read; a network of a thousand layers has one of 0.2 MB.
    static let pickleLimit = 1 << 26

    static func read(_ path: String) throws(IDRError) -> (TorchStateDict, TorchStorages) {
        let archive = try ZipReader(reading: path)
        let root = try root(of: archive)
        try checkVersion(of: archive, root: root)
        let pickle = try Unpickler.read(try archive.read(root + "data.pkl", limit: pickleLimit)[...])
        let stateDict = try TorchStateDict(pickle)

        let limit = WeightBytes.unfoldingLimit(fileSize: archive.entries.reduce(0) { $0 &+ $1.storedSize })
        var storages = TorchStorages(elementLimit: limit)
        if archive.entry(root + "byteorder") != nil {
            storages.isBigEndian = try archive.read(root + "byteorder", limit: 16) == Array("big".utf8)
        }
        var bytesLeft = limit
        for storage in stateDict.storages {
            let entry = root + "data/" + storage.key
            guard archive.entry(entry) != nil else {
                throw IDRError(.invalidInput, "the file is damaged", because: "\(entry), which its tensors need, is missing")
            }
            let bytes = try archive.read(entry, limit: bytesLeft)
            bytesLeft -= bytes.count
            guard bytes.count == storage.byteCount else {
                throw IDRError(
                    .invalidInput, "storage \(storage.key) of the file has the wrong size",
                    because: "\(storage.count) elements need \(storage.byteCount) bytes, but it has \(bytes.count)")
            }
            storages.bytes[storage.key] = bytes[...]
        }
        return (stateDict, storages)
    }

    /// The one folder of the archive, with its `/`; its name depends on the file's name when it was saved.
    private static func root(of archive: borrowing ZipReader) throws(IDRError) -> String {
        let roots = archive.entries.map(\.name).filter { $0.hasSuffix("/data.pkl") && $0.split(separator: "/").count == 2 }
        guard roots.count == 1, let pickle = roots.first else {
            throw IDRError(
                .invalidInput, "the archive is not a torch file", because: "it has no <name>/data.pkl", fix: "name a file that torch.save wrote")
        }
        let root = String(pickle.dropLast("data.pkl".count))
        guard archive.entry(root + "constants.pkl") == nil else {
            throw IDRError(
                .refused, "the file is a TorchScript program, not a list of tensors",
                fix: "save the weights alone: torch.save(model.state_dict(), path)")
        }
        return root
    }

    private static func checkVersion(of archive: borrowing ZipReader, root: String) throws(IDRError) {
        guard let entry = [root + "version", root + ".data/version"].first(where: { archive.entry($0) != nil }) else { return }
        let text = String(decoding: try archive.read(entry, limit: 32).filter { $0 > 0x20 }, as: UTF8.self)
        guard let version = Int(text), (1...10).contains(version) else {
            throw IDRError(.invalidInput, "the file has a torch format version that is not known", because: "versions 1 to 10 are; it says \(text)")
        }
    }
}
