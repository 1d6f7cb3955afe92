import IDRPlan

/// The start of a `.npy` file, versions 1 to 3: a Python dictionary in text form that gives the elements' type, their order and the shape.
struct NumpyHeader {
    /// For example `<f4`, or `|O` for pickled objects.
    let descriptor: String
    let isColumnMajor: Bool
    let shape: [Int]
    /// Index of the first byte behind the header.
    let end: Int

    init(_ file: [UInt8]) throws(IDRError) {
        guard file.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            throw IDRError(
                .invalidInput, "the file is not a NumPy .npy file", because: WeightBytes.guessKind(file[...]) ?? "it does not begin as one",
                fix: "name a file that numpy.save wrote")
        }
        var input = PickleInput(file[6...])
        let version = try input.byte()
        guard (1...3).contains(version) else { throw IDRError(.invalidInput, "version \(version) of the .npy format is not known") }
        _ = try input.byte()
        let text: ArraySlice<UInt8>
        do { text = try input.take(try input.unsigned(version == 1 ? 2 : 4)) } catch { throw NumpyHeader.damaged("the file ends inside it") }
        var parser = PythonLiteral(text)
        guard let fields = parser.dictionary() else { throw NumpyHeader.damaged("it is not a dictionary of texts, booleans and a shape") }
        if case .other = fields["descr"] {
            throw IDRError(.invalidInput, "the array has a type that is not read", because: "records are no plain numbers")
        }
        guard case .text(let descriptor) = fields["descr"], case .bool(let isColumnMajor) = fields["fortran_order"],
            case .tuple(let shape) = fields["shape"]
        else { throw NumpyHeader.damaged("the type, the order or the shape is missing") }
        self.descriptor = descriptor
        self.isColumnMajor = isColumnMajor
        self.shape = shape
        end = input.position
    }

    private static func damaged(_ why: String) -> IDRError { IDRError(.invalidInput, "the header of the .npy file is damaged", because: why) }
}

/// Just enough of Python's syntax for the dictionary that NumPy writes.
private struct PythonLiteral {
    enum Value {
        case text(String)
        case bool(Bool)
        case tuple([Int])
        case other
    }

    private var rest: Substring.UnicodeScalarView

    init(_ bytes: ArraySlice<UInt8>) { rest = Substring(String(decoding: bytes, as: UTF8.self)).unicodeScalars }

    mutating func dictionary() -> [String: Value]? {
        guard take("{") else { return nil }
        var fields: [String: Value] = [:]
        while !take("}") {
            guard let key = quoted(), take(":"), let value = value() else { return nil }
            fields[key] = value
            guard take(",") || peek() == "}" else { return nil }
        }
        return peek() == nil ? fields : nil
    }

    private mutating func value() -> Value? {
        switch peek() {
        case "'", "\"": return quoted().map(Value.text)
        case "(": return tuple().map(Value.tuple)
        case "[":
            // A record type; its nested description does not matter, for the array is refused.
            guard let end = rest.lastIndex(of: "]") else { return nil }
            rest = rest[rest.index(after: end)...]
            return .other
        default:
            let word = word()
            return word == "True" ? .bool(true) : word == "False" ? .bool(false) : nil
        }
    }

    private mutating func tuple() -> [Int]? {
        guard take("(") else { return nil }
        var numbers: [Int] = []
        while !take(")") {
            let word = word()
            // Python 2 wrote long integers with an L.
            guard let number = Int(word.hasSuffix("L") ? String(word.dropLast()) : word), take(",") || peek() == ")" else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private mutating func quoted() -> String? {
        guard let quote = peek(), quote == "'" || quote == "\"", take(quote), let end = rest.firstIndex(of: quote) else { return nil }
        defer { rest = rest[rest.index(after: end)...] }
        return String(rest[..<end])
    }

    private mutating func word() -> String {
        _ = peek()
        let word = rest.prefix { $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-" }
        rest = rest[word.endIndex...]
        return String(word)
    }

    /// The next character that is not white space.
    private mutating func peek() -> Unicode.Scalar? {
        rest = rest.drop { $0.properties.isWhitespace }
        return rest.first
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        rest.removeFirst()
        return true
    }
}
