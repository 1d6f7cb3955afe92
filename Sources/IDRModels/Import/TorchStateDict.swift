import IDRPlan

/// A block of elements that a file stores and its tensors look into.
struct TorchStorage: Hashable {
    let key: String
    let type: NumberType
    /// Elements.
    let count: Int
    /// Bytes; whether they fit in memory is checked against the file before anything is read.
    var byteCount: Int { count * type.size }
}

/// What a torch file says of its tensors, before their elements are read.
struct TorchStateDict {
    struct Entry {
        let name: String
        let storage: TorchStorage
        let offset: Int
        let shape: [Int]
        let strides: [Int]
    }

    let entries: [Entry]
    /// Every storage that the file mentions, each once, in the order of first mention.
    let storages: [TorchStorage]

    init(_ pickle: Pickle) throws(IDRError) {
        guard let pairs = pickle.pairs(pickle.root) else {
            throw IDRError(
                .invalidInput, "the file holds something other than a state_dict", because: "a dictionary of named tensors is expected",
                fix: TorchStateDict.advice)
        }
        var entries: [Entry] = []
        var positions: [String: Int] = [:]
        for (key, value) in pairs {
            guard let name = pickle.name(key) else { throw IDRError(.invalidInput, "a tensor of the file has no name", fix: TorchStateDict.advice) }
            let entry = try TorchStateDict.entry(named: name, value, in: pickle)
            // As in Python, a key that comes again keeps its place and changes its value.
            if let position = positions[name] {
                entries[position] = entry
            } else {
                positions[name] = entries.count
                entries.append(entry)
            }
        }
        guard !entries.isEmpty else { throw IDRError(.invalidInput, "the file holds no tensors", fix: TorchStateDict.advice) }
        self.entries = entries
        storages = try TorchStateDict.storages(of: pickle)
    }

    private static let advice = "save the weights alone: torch.save(model.state_dict(), path)"

    private static func entry(named name: String, _ value: PickleValue, in pickle: Pickle) throws(IDRError) -> Entry {
        var call = pickle.call(value)
        // A Parameter wraps the tensor that it is about; nothing wraps a Parameter.
        if let parameter = call, parameter.function == .rebuildParameter { call = parameter.arguments.first.flatMap(pickle.call) }
        guard let call, call.function == .rebuildTensor else {
            throw IDRError(.invalidInput, "the file holds more than tensors", at: [name], because: "this entry is not a tensor", fix: advice)
        }
        // The arguments: storage, offset, shape, strides, requires_grad, hooks and, in new versions, metadata.
        let arguments = call.arguments
        guard arguments.count >= 4, let id = pickle.persistentID(arguments[0]), let offset = pickle.int(arguments[1]),
            let shape = pickle.ints(arguments[2]), let strides = pickle.ints(arguments[3])
        else { throw IDRError(.invalidInput, "a tensor of the file is damaged", at: [name], because: "its description is incomplete") }
        let (storage, start) = try TorchStateDict.storage(id, in: pickle)
        let (first, overflow) = start.addingReportingOverflow(offset)
        guard offset >= 0, !overflow else {
            throw IDRError(.invalidInput, "a tensor of the file is damaged", at: [name], because: "its offset is \(offset)")
        }
        return Entry(name: name, storage: storage, offset: first, shape: shape, strides: strides)
    }

    /// A persistent identifier: `("storage", type, key, device, count)` and, in old files, a view `(key, offset, count)` of the storage or None.
    ///
    /// - Returns: the storage and the index in it where the view starts.
    private static func storage(_ id: PickleValue, in pickle: Pickle) throws(IDRError) -> (storage: TorchStorage, start: Int) {
        guard let parts = pickle.items(id), parts.count == 5 || parts.count == 6, pickle.name(parts[0]) == "storage",
            case .global(.storage(let type)) = parts[1], let key = pickle.name(parts[2]), let count = pickle.int(parts[4]),
            (0...WeightBytes.largestFile).contains(count)
        else { throw IDRError(.invalidInput, "a tensor of the file is damaged", because: "its storage is not described as torch does") }
        var start = 0
        if parts.count == 6, let view = pickle.items(parts[5]) {
            guard view.count == 3, let offset = pickle.int(view[1]), offset >= 0 else {
                throw IDRError(.invalidInput, "a tensor of the file is damaged", because: "the view of storage \(key) is wrong")
            }
            start = offset
        }
        return (TorchStorage(key: key, type: type, count: count), start)
    }

    private static func storages(of pickle: Pickle) throws(IDRError) -> [TorchStorage] {
        var storages: [TorchStorage] = []
        var known: [String: TorchStorage] = [:]
        for case .persistent(let id) in pickle.nodes {
            let storage = try storage(id, in: pickle).storage
            if let other = known.updateValue(storage, forKey: storage.key) {
                guard other == storage else {
                    throw IDRError(.invalidInput, "the file is damaged", because: "storage \(storage.key) is described in two ways")
                }
            } else {
                storages.append(storage)
            }
        }
        return storages
    }

    /// Reads every tensor out of the storages.
    func tensors(from storages: TorchStorages) throws(IDRError) -> [NamedTensor] {
        var tensors: [NamedTensor] = []
        var elementsLeft = storages.elementLimit
        for entry in entries {
            guard let bytes = storages.bytes[entry.storage.key] else {
                throw IDRError(.invalidInput, "the file is damaged", at: [entry.name], because: "storage \(entry.storage.key) is missing")
            }
            do {
                let numbers = try StridedNumbers(
                    bytes, type: entry.storage.type, isBigEndian: storages.isBigEndian, offset: entry.offset, shape: entry.shape,
                    strides: entry.strides, limit: elementsLeft)
                elementsLeft -= numbers.count
                tensors.append(NamedTensor(name: entry.name, tensor: Tensor(shape: entry.shape, values: numbers.floats())))
            } catch {
                throw error.at(entry.name)
            }
        }
        return tensors
    }
}
