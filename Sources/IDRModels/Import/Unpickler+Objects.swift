import IDRPlan

extension Unpickler {
    /// Names, calls, object states and persistent identifiers: where other readers execute code, this one takes notes.
    mutating func object(_ opcode: PickleOpcode) throws(IDRError) {
        switch opcode {
        case .global:
            let module = try input.lineText()
            push(.global(try global(module: module, name: try input.lineText())))
        case .stackGlobal:
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else { throw input.damaged("a Python name is no text") }
            push(.global(try global(module: module, name: name)))
        case .instance:
            let module = try input.lineText()
            let function = try global(module: module, name: try input.lineText())
            try record(.global(function), arguments: try popToMark())
        case .object:
            let values = try popToMark()
            guard let function = values.first else { throw input.damaged("an object has no class") }
            try record(function, arguments: Array(values.dropFirst()))
        case .reduce, .newObject:
            guard case .tuple(let index) = try pop(), case .items(let arguments) = nodes[index] else {
                throw input.damaged("the arguments of a call are no tuple")
            }
            try record(try pop(), arguments: arguments)
        case .build: try setState(try pop())
        case .binPersistentID: push(.persistent(try pop()), as: PickleValue.persistent)
        default: throw input.damaged("a persistent identifier is a text, which torch and NumPy do not write")
        }
    }

    private func global(module: String, name: String) throws(IDRError) -> PickleGlobal {
        guard let global = PickleGlobal(module: module, name: name) else { throw refusal(of: "\(module).\(name)") }
        return global
    }

    /// - Parameter name: comes from the file: shortened and without control characters, so that it cannot play tricks with a terminal.
    private func refusal(of name: String) -> IDRError {
        let visible = name.prefix(100).unicodeScalars.map { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7f ? Character($0) : "?" }
        return IDRError(
            .refused, "the file asks for \(String(visible)), not for tensors",
            because: "a pickle can name any Python function; only those that describe arrays are accepted, and none is run",
            fix: "use a file from a source you trust that holds arrays and nothing else, such as torch.save(model.state_dict(), path) writes")
    }

    private mutating func record(_ function: PickleValue, arguments: [PickleValue]) throws(IDRError) {
        guard case .global(let function) = function, function.isCallable else { throw input.damaged("something is called that is no function") }
        guard function == .orderedDict else {
            push(.call(PickleCall(function: function, arguments: arguments)), as: PickleValue.call)
            return
        }
        push(.pairs(try pairs(ofOrderedDict: arguments)), as: PickleValue.dictionary)
    }

    /// `OrderedDict()` or, from Python 2, `OrderedDict([[key, value], ...])`.
    private mutating func pairs(ofOrderedDict arguments: [PickleValue]) throws(IDRError) -> [(key: PickleValue, value: PickleValue)] {
        guard let content = arguments.first else { return [] }
        guard arguments.count == 1, let entries = items(content) else { throw input.damaged("a dictionary's content is no list") }
        try spend(entries.count)
        var pairs: [(key: PickleValue, value: PickleValue)] = []
        for entry in entries {
            guard let pair = items(entry), pair.count == 2 else { throw input.damaged("a dictionary's entry is no pair") }
            pairs.append((pair[0], pair[1]))
        }
        return pairs
    }

    private func items(_ value: PickleValue) -> [PickleValue]? {
        switch value {
        case .tuple(let index), .list(let index):
            if case .items(let items) = nodes[index] { items } else { nil }
        default: nil
        }
    }

    /// Attributes of a dictionary (torch's `_metadata`) do not matter here; the state of an array or dtype is its content.
    private mutating func setState(_ state: PickleValue) throws(IDRError) {
        switch try top() {
        case .dictionary: break
        case .call(let index):
            if case .call(var call) = nodes[index] {
                call.state = state
                nodes[index] = .call(call)
            }
        default: throw input.damaged("a state is set on something that has none")
        }
    }
}
