import IDRPlan

/// torch's format before 1.6: five pickles one after the other (a magic number, the protocol, facts about the machine, the state_dict, the storages' keys),
/// then each storage as a 64-bit element count and its elements, always little endian.
enum TorchLegacy {
    /// 0x1950a86a20f9469cfc6c, little endian.
    private static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

    static func read(_ file: [UInt8]) throws(IDRError) -> (TorchStateDict, TorchStorages) {
        var rest = file[...]
        guard let first = try? Unpickler.read(rest), case .longInt(let number) = first.root, number.elementsEqual(magic) else {
            throw IDRError(
                .invalidInput, "the file is not a torch file", because: WeightBytes.guessKind(rest) ?? "it does not begin as one",
                fix: "name a .pth file that torch.save(model.state_dict(), path) wrote")
        }
        rest = file[first.end...]
        let version = try next(&rest)
        guard version.int(version.root) == 1001 else {
            throw IDRError(.invalidInput, "the file has a torch format version that is not known", because: "only protocol 1001 is")
        }
        _ = try next(&rest)
        let stateDict = try TorchStateDict(try next(&rest))
        let keyList = try next(&rest)
        guard let keys = keyList.items(keyList.root)?.map(keyList.name), !keys.contains(nil) else {
            throw IDRError(.invalidInput, "the file is damaged", because: "its list of storages is wrong")
        }
        var storages = TorchStorages(elementLimit: WeightBytes.unfoldingLimit(fileSize: file.count))
        storages.bytes = try content(of: stateDict, keys: keys.compactMap(\.self), in: rest)
        return (stateDict, storages)
    }

    private static func next(_ rest: inout ArraySlice<UInt8>) throws(IDRError) -> Pickle {
        let pickle = try Unpickler.read(rest)
        rest = rest[pickle.end...]
        return pickle
    }

    private static func content(of stateDict: TorchStateDict, keys: [String], in bytes: ArraySlice<UInt8>) throws(IDRError) -> [String: ArraySlice<
        UInt8
    >] {
        var content: [String: ArraySlice<UInt8>] = [:]
        let known = Dictionary(stateDict.storages.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        var input = PickleInput(bytes)
        for key in keys {
            guard let storage = known[key], content[key] == nil else {
                throw IDRError(.invalidInput, "the file is damaged", because: "storage \(key) is listed twice or belongs to no tensor")
            }
            guard input.remaining >= 8 + storage.byteCount else {
                throw IDRError(
                    .invalidInput, "the file is truncated",
                    because: "it ends inside storage \(key), after \(content.count) whole ones of \(keys.count)",
                    fix: "download or copy it again")
            }
            guard try input.unsigned(8) == UInt64(storage.count) else {
                throw IDRError(
                    .invalidInput, "the file is damaged", because: "storage \(key) should have \(storage.count) elements and says otherwise")
            }
            content[key] = try input.take(UInt64(storage.byteCount))
        }
        return content
    }
}
