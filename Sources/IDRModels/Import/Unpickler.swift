package import IDRPlan

/// Reads a Python pickle (protocols 0 to 5, as far as torch and NumPy write them) as data and executes nothing.
///
/// A pickle is a program for a small stack machine whose "call this Python function" instruction can do anything. This machine builds values,
/// records calls of the few functions that describe arrays (``PickleGlobal``) and refuses a file that names any other.
/// Nothing in it recurses, and the number of steps is limited, so input of every kind ends with a value or an ``IDRError``.
package struct Unpickler {
    /// More than any network's description needs (about 35 steps a tensor), and little memory where a hostile file uses them all.
    static let stepLimit = 1 << 20

    var input: PickleInput
    var nodes: [PickleNode] = []
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var stepsLeft = Unpickler.stepLimit

    /// Reads the pickle at the start of `bytes`; more may follow it.
    package static func read(_ bytes: ArraySlice<UInt8>) throws(IDRError) -> Pickle {
        var machine = Unpickler(input: PickleInput(bytes))
        let root = try machine.run()
        return Pickle(root: root, nodes: machine.nodes, end: machine.input.position)
    }

    private init(input: PickleInput) { self.input = input }

    private mutating func run() throws(IDRError) -> PickleValue {
        while true {
            try spend(1)
            let code = try input.byte()
            guard let opcode = PickleOpcode(rawValue: code) else {
                throw input.damaged("instruction \(code) is unknown or is not one that torch and NumPy write")
            }
            if opcode == .stop { return try pop() }
            if let value = try constant(opcode) {
                push(value)
            } else if try !manageStack(opcode), try !container(opcode) {
                try object(opcode)
            }
        }
    }

    /// Counts work, so that the time and memory a file can cost are limited by its steps.
    mutating func spend(_ steps: Int) throws(IDRError) {
        guard steps <= stepsLeft else {
            throw IDRError(
                .refused, "the pickled part of the file is too long", because: "more than \(Unpickler.stepLimit) steps are no list of tensors")
        }
        stepsLeft -= steps
    }

    // MARK: Stack

    mutating func push(_ value: PickleValue) { stack.append(value) }

    /// Adds a node and pushes the value that stands for it.
    mutating func push(_ node: PickleNode, as value: (Int) -> PickleValue) {
        nodes.append(node)
        stack.append(value(nodes.count - 1))
    }

    mutating func pop() throws(IDRError) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw input.damaged("the stack is empty") }
        return value
    }

    func top() throws(IDRError) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.last else { throw input.damaged("the stack is empty") }
        return value
    }

    mutating func pop(_ count: Int) throws(IDRError) -> [PickleValue] {
        guard stack.count - count >= marks.last ?? 0 else { throw input.damaged("the stack is too short") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    mutating func popToMark() throws(IDRError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw input.damaged("a mark is missing") }
        return try pop(stack.count - mark)
    }

    // MARK: Instructions

    /// Marks, duplicates, the memo and the protocol's own headers. Returns false where `opcode` is something else.
    private mutating func manageStack(_ opcode: PickleOpcode) throws(IDRError) -> Bool {
        switch opcode {
        case .proto:
            let version = try input.byte()
            guard version <= 5 else { throw input.damaged("pickle protocol \(version) is unknown") }
        case .frame:
            // Frames help readers of streams; their lengths carry nothing, but one beyond the end means a truncated file.
            let length = try input.unsigned(8)
            var ahead = input
            _ = try ahead.take(length)
        case .mark: marks.append(stack.count)
        case .pop: if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .dup: push(try top())
        case .get: try recall(try memoKey(try input.lineText()))
        case .binGet: try recall(try input.unsigned(1))
        case .longBinGet: try recall(try input.unsigned(4))
        case .put: memo[Int(try memoKey(try input.lineText()))] = try top()
        case .binPut: memo[Int(try input.unsigned(1))] = try top()
        case .longBinPut: memo[Int(try input.unsigned(4))] = try top()
        case .memoize: memo[memo.count] = try top()
        default: return false
        }
        return true
    }

    private func memoKey(_ text: String) throws(IDRError) -> UInt64 {
        guard let key = UInt32(text) else { throw input.damaged("a memo number is wrong") }
        return UInt64(key)
    }

    private mutating func recall(_ key: UInt64) throws(IDRError) {
        guard let value = memo[Int(key)] else { throw input.damaged("memo entry \(key) does not exist") }
        push(value)
    }

    /// Tuples, lists and dictionaries. Returns false where `opcode` is something else.
    private mutating func container(_ opcode: PickleOpcode) throws(IDRError) -> Bool {
        switch opcode {
        case .emptyTuple: push(.items([]), as: PickleValue.tuple)
        case .tuple: push(.items(try popToMark()), as: PickleValue.tuple)
        case .tuple1: push(.items(try pop(1)), as: PickleValue.tuple)
        case .tuple2: push(.items(try pop(2)), as: PickleValue.tuple)
        case .tuple3: push(.items(try pop(3)), as: PickleValue.tuple)
        case .emptyList: push(.items([]), as: PickleValue.list)
        case .list: push(.items(try popToMark()), as: PickleValue.list)
        case .append: try appendToTop(try pop(1))
        case .appends: try appendToTop(try popToMark())
        case .emptyDict: push(.pairs([]), as: PickleValue.dictionary)
        case .dict:
            let values = try popToMark()
            push(.pairs([]), as: PickleValue.dictionary)
            try setOnTop(values)
        case .setItem: try setOnTop(try pop(2))
        case .setItems: try setOnTop(try popToMark())
        default: return false
        }
        return true
    }

    private mutating func appendToTop(_ values: [PickleValue]) throws(IDRError) {
        guard case .list(let index) = try top(), case .items(var items) = nodes[index] else { throw input.damaged("values are appended to no list") }
        nodes[index] = .items([])  // The only reference to the array must be `items`, or appending copies it.
        items += values
        nodes[index] = .items(items)
    }

    private mutating func setOnTop(_ values: [PickleValue]) throws(IDRError) {
        guard case .dictionary(let index) = try top(), case .pairs(var pairs) = nodes[index], values.count.isMultiple(of: 2) else {
            throw input.damaged("keys and values are set on no dictionary")
        }
        nodes[index] = .pairs([])
        for position in stride(from: 0, to: values.count, by: 2) { pairs.append((values[position], values[position + 1])) }
        nodes[index] = .pairs(pairs)
    }
}
