import IDRFiles
import IDRPlan

/// A Cellpose network in 8-bit whole numbers: an ONNX file that ``CellposeQuantiser`` wrote.
struct CellposeInt8File: Sendable {
    let bytes: [UInt8]
    let diameterMean: Float
    private let file: ONNXFile

    private static let formatNote = "idrkit"
    private static let format = "cellpose-int8 1"
    private static let diameterNote = "diameter_mean"

    /// - Throws: ``IDRError`` where it is another file, or its numbers could make sums that depend on the processor.
    init(reading path: String) throws(IDRError) { try self.init(WeightBytes.read(path), of: path) }

    /// - Parameter path: what messages call it.
    init(_ bytes: [UInt8], of path: String) throws(IDRError) {
        self.bytes = bytes
        do {
            file = try ONNXFile(bytes)
        } catch {
            throw error.at(path)
        }
        guard file.notes[Self.formatNote] == Self.format, let diameter = file.notes[Self.diameterNote].flatMap({ Float($0) }),
            (1...1000).contains(diameter)
        else {
            throw IDRError(
                .invalidInput, "this is no quantised Cellpose network", at: [path],
                because: "it does not say of itself that it is \(Self.format)",
                fix: "make one of a network's .pth: idrscript models quantise")
        }
        diameterMean = diameter
        try checkBound(path)
    }

    /// The network that gives the style alone.
    var encoder: [UInt8] { file.only("style") }

    /// Every stored weight is one that a sum of two products cannot saturate with (``IntegerWeights``).
    private func checkBound(_ path: String) throws(IDRError) {
        for constant in file.constants where constant.type == ElementType.int8 {
            guard let large = constant.raw.lazy.map({ Int(Int8(bitPattern: $0)) }).first(where: { abs($0) > IntegerWeights.largest }) else {
                continue
            }
            throw IDRError(
                .invalidInput, "this quantised network cannot be used", at: [path],
                because: "it has a weight of \(large), and beyond \(IntegerWeights.largest) other processors give other numbers",
                fix: "make it anew: idrscript models quantise")
        }
    }

    static func notes(of network: CPnet, origin: ContentFile, calibration: String) -> [(name: String, text: String)] {
        [
            (formatNote, format), (diameterNote, "\(network.diameterMean)"), ("made_from", "\(origin.name), SHA-256 \(origin.sha256)"),
            ("calibrated_on", calibration),
        ]
    }
}
