/// Writes pickles instruction by instruction, also ones that Python would never write.
struct PickleWriter {
    private(set) var bytes: [UInt8]

    /// - Parameter version: the protocol in the header; nil leaves the header out, as in protocols 0 and 1.
    init(version: UInt8? = 2) { bytes = version.map { [0x80, $0] } ?? [] }

    /// Appends instructions as they stand.
    mutating func raw(_ code: [UInt8]) { bytes += code }
    mutating func raw(_ code: String) { bytes += Array(code.utf8) }

    mutating func global(_ module: String, _ name: String) { raw("c\(module)\n\(name)\n") }

    mutating func stackGlobal(_ module: String, _ name: String) {
        for text in [module, name] { raw([0x8c, UInt8(text.utf8.count)] + Array(text.utf8)) }
        raw([0x93])
    }

    mutating func text(_ text: String) { raw(Array("X".utf8) + ImportSupport.littleEndian([UInt32(text.utf8.count)]) + Array(text.utf8)) }

    mutating func data(_ data: [UInt8]) { raw(Array("B".utf8) + ImportSupport.littleEndian([UInt32(data.count)]) + data) }

    mutating func int(_ number: Int) {
        if let small = Int32(exactly: number) {
            raw(Array("J".utf8) + ImportSupport.littleEndian([small]))
        } else {
            raw([0x8a, 8] + ImportSupport.littleEndian([Int64(number)]))
        }
    }

    mutating func double(_ number: Double) { raw(Array("G".utf8) + ImportSupport.littleEndian([number]).reversed()) }

    mutating func tuple(_ body: (inout PickleWriter) -> Void) {
        raw("(")
        body(&self)
        raw("t")
    }

    mutating func ints(_ numbers: [Int]) { tuple { writer in numbers.forEach { writer.int($0) } } }

    /// A call of the named function.
    mutating func call(_ module: String, _ name: String, _ arguments: (inout PickleWriter) -> Void) {
        global(module, name)
        tuple(arguments)
        raw("R")
    }

    /// `(pickle instructions) + STOP`
    static func pickle(version: UInt8? = 2, _ body: (inout PickleWriter) -> Void) -> [UInt8] {
        var writer = PickleWriter(version: version)
        body(&writer)
        writer.raw(".")
        return writer.bytes
    }
}
