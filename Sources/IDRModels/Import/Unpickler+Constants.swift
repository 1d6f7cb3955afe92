import IDRPlan

extension Unpickler {
    /// The value of an instruction that pushes a constant, or nil where `opcode` is something else.
    mutating func constant(_ opcode: PickleOpcode) throws(IDRError) -> PickleValue? {
        switch opcode {
        case .none: PickleValue.none
        case .newTrue: .bool(true)
        case .newFalse: .bool(false)
        case .int: try textInt(try input.lineText())
        case .binInt: .int(Int(Int32(truncatingIfNeeded: try input.unsigned(4))))
        case .binInt1: .int(Int(try input.unsigned(1)))
        case .binInt2: .int(Int(try input.unsigned(2)))
        case .long: try textInt(try input.lineText())
        case .long1: long(try input.take(try input.unsigned(1)))
        case .long4: long(try input.take(try input.unsigned(4)))
        case .float: .double(try textDouble(try input.lineText()))
        case .binFloat: .double(Double(bitPattern: try input.unsigned(8).byteSwapped))
        default: try stringConstant(opcode)
        }
    }

    private mutating func stringConstant(_ opcode: PickleOpcode) throws(IDRError) -> PickleValue? {
        switch opcode {
        case .string: .bytes(try quoted(try input.line()))
        case .unicode: .text(try rawUnicode(try input.line()))
        case .shortBinString, .shortBinBytes: .bytes(try input.take(try input.unsigned(1)))
        case .binString, .binBytes: .bytes(try input.take(try input.unsigned(4)))
        case .binBytes8, .byteArray8: .bytes(try input.take(try input.unsigned(8)))
        case .shortBinUnicode: .text(try utf8(try input.take(try input.unsigned(1))))
        case .binUnicode: .text(try utf8(try input.take(try input.unsigned(4))))
        case .binUnicode8: .text(try utf8(try input.take(try input.unsigned(8))))
        default: nil
        }
    }

    /// `12`, `12L`, and the booleans of protocols 0 and 1, `00` and `01`.
    private func textInt(_ text: String) throws(IDRError) -> PickleValue {
        if text == "00" || text == "01" { return .bool(text == "01") }
        guard let number = Int(text.hasSuffix("L") ? String(text.dropLast()) : text) else { throw input.damaged("an integer is wrong") }
        return .int(number)
    }

    private func textDouble(_ text: String) throws(IDRError) -> Double {
        guard let number = Double(text) else { throw input.damaged("a number is wrong") }
        return number
    }

    /// A two's complement integer of any length.
    private func long(_ bytes: ArraySlice<UInt8>) -> PickleValue {
        guard bytes.count <= 8 else { return .longInt(bytes) }
        let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
        let bits = bytes.reversed().reduce(isNegative ? UInt64.max : 0) { $0 << 8 | UInt64($1) }
        return .int(Int(truncatingIfNeeded: bits))
    }

    private func utf8(_ bytes: ArraySlice<UInt8>) throws(IDRError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw input.damaged("a text is not UTF-8") }
        return text
    }

    /// Protocol 0's byte strings: Python 2's `repr` between quotes.
    private func quoted(_ line: ArraySlice<UInt8>) throws(IDRError) -> ArraySlice<UInt8> {
        guard line.count >= 2, line.first == line.last, line.first == UInt8(ascii: "'") || line.first == UInt8(ascii: "\"") else {
            throw input.damaged("a string is not quoted")
        }
        var rest = line.dropFirst().dropLast()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "n"): bytes.append(10)
            case UInt8(ascii: "r"): bytes.append(13)
            case UInt8(ascii: "t"): bytes.append(9)
            case UInt8(ascii: "x"): bytes.append(UInt8(truncatingIfNeeded: try hexadecimal(&rest, digits: 2)))
            case let escaped? where [UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(escaped): bytes.append(escaped)
            default: throw input.damaged("a string has an unknown escape")
            }
        }
        return bytes[...]
    }

    /// Protocol 0's texts: Latin-1 with `\uXXXX` and `\UXXXXXXXX`; a backslash itself is written as an escape.
    private func rawUnicode(_ line: ArraySlice<UInt8>) throws(IDRError) -> String {
        var rest = line
        var scalars = String.UnicodeScalarView()
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.first, kind == UInt8(ascii: "u") || kind == UInt8(ascii: "U") else {
                scalars.append(Unicode.Scalar(byte))
                continue
            }
            rest.removeFirst()
            guard let scalar = Unicode.Scalar(try hexadecimal(&rest, digits: kind == UInt8(ascii: "u") ? 4 : 8)) else {
                throw input.damaged("a text has an impossible character")
            }
            scalars.append(scalar)
        }
        return String(scalars)
    }

    private func hexadecimal(_ rest: inout ArraySlice<UInt8>, digits: Int) throws(IDRError) -> UInt32 {
        let text = String(decoding: rest.prefix(digits), as: UTF8.self)
        guard text.utf8.count == digits, text.allSatisfy(\.isHexDigit), let value = UInt32(text, radix: 16) else {
            throw input.damaged("an escape has no hexadecimal digits")
        }
        rest.removeFirst(digits)
        return value
    }
}
