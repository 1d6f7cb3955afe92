import IDRFiles
import IDRFormats
import IDRImaging
import IDRRecord

/// A stage's result that can be kept.
protocol StageValue: Sendable {
    func stageBytes() throws -> StageBytes
    /// nil where the bytes are not such a result.
    init?(reading reader: inout StageBytesReader)
}

extension CorrectedChannel: StageValue {
    private struct Facts: Codable {
        var record: CorrectionRecord
        var type: PixelType
        var height: Int
        var width: Int
        var planes: Int
    }

    func stageBytes() throws -> StageBytes {
        var bytes = StageBytes()
        guard let record, let first = planes.first else { return bytes }
        try bytes.append(facts: Facts(record: record, type: first.pixelType, height: first.height, width: first.width, planes: planes.count))
        for plane in planes { try plane.withPixelBytes { bytes.append(raw: $0) } }
        return bytes
    }

    init?(reading reader: inout StageBytesReader) {
        guard let facts = reader.facts(Facts.self), facts.height > 0, facts.width > 0, facts.planes > 0 else { return nil }
        let (pixels, isTooMany) = facts.height.multipliedReportingOverflow(by: facts.width)
        guard !isTooMany, pixels < 1 << 40 else { return nil }
        var planes: [PixelPlane] = []
        for _ in 0..<facts.planes {
            guard let bytes = reader.bytes(), bytes.count == pixels * facts.type.bytes else { return nil }
            planes.append(PixelPlane(facts.type, height: facts.height, width: facts.width, bytes: bytes))
        }
        guard let channel = try? CorrectedChannel(planes: planes, record: facts.record) else { return nil }
        self = channel
    }
}

/// Outlines follow from the labels, and labels are mostly runs: packed they take a hundredth.
extension SegmentedImage: StageValue {
    private struct Facts: Codable {
        var record: SegmentationRecord
        var height: Int
        var width: Int
    }

    func stageBytes() throws -> StageBytes {
        var bytes = StageBytes()
        try bytes.append(facts: Facts(record: record, height: labels.height, width: labels.width))
        bytes.append(try Gzip.compress(labels.pixels.withUnsafeBytes { [UInt8]($0) }, name: "labels"))
        return bytes
    }

    init?(reading reader: inout StageBytesReader) {
        guard let facts = reader.facts(Facts.self), facts.height > 0, facts.width > 0, let packed = reader.bytes() else { return nil }
        let (pixels, isTooMany) = facts.height.multipliedReportingOverflow(by: facts.width)
        guard !isTooMany, pixels < 1 << 30, let bytes = try? Gzip.decompress(Array(packed), limit: pixels * 4), bytes.count == pixels * 4 else {
            return nil
        }
        var labels = LabelImage(height: facts.height, width: facts.width, repeating: 0)
        labels.pixels.withUnsafeMutableBytes { target in bytes.withUnsafeBytes { target.copyMemory(from: $0) } }
        guard labels.pixels.allSatisfy({ $0 >= 0 && Int($0) <= pixels }) else { return nil }
        self.init(labels: labels, outlines: Cellpose.outlines(of: labels), record: facts.record)
        guard outlines.count == record.kept else { return nil }
    }
}

extension ProfiledImage: StageValue {
    private struct Facts: Codable {
        var undefined: Int
        var cropsDigest: String
        var hasFeatures: Bool
    }

    func stageBytes() throws -> StageBytes {
        var bytes = StageBytes()
        try bytes.append(facts: Facts(undefined: undefined, cropsDigest: cropsDigest, hasFeatures: features != nil))
        bytes.append(features ?? [])
        return bytes
    }

    init?(reading reader: inout StageBytesReader) {
        guard let facts = reader.facts(Facts.self), let features = reader.numbers(like: Float(0)) else { return nil }
        self.init(features: facts.hasFeatures ? features : nil, undefined: facts.undefined, cropsDigest: facts.cropsDigest)
    }
}

/// The diameter that one image gives.
extension SegmentExecutor.Diameter: StageValue {
    func stageBytes() throws -> StageBytes {
        var bytes = StageBytes()
        bytes.append([pixels])
        return bytes
    }

    init?(reading reader: inout StageBytesReader) {
        guard let numbers = reader.numbers(like: 0.0), numbers.count == 1, numbers[0].isFinite else { return nil }
        self.init(pixels: numbers[0], source: Self.ofImage)
    }
}
