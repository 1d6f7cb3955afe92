import IDRPlan

/// One codec in the metadata of Zarr 3, with those of its settings that reading needs.
struct ZarrCodecV3: Decodable, Sendable {
    static let sharding = "sharding_indexed"

    struct Configuration: Decodable, Sendable {
        let endian: String?
        let order: [Int]?
        let chunkShape: [Int]?
        let codecs: [ZarrCodecV3]?
        let indexCodecs: [ZarrCodecV3]?
        let indexLocation: String?

        enum CodingKeys: String, CodingKey {
            case endian, order, codecs
            case chunkShape = "chunk_shape"
            case indexCodecs = "index_codecs"
            case indexLocation = "index_location"
        }
    }

    let name: String
    let configuration: Configuration?

    private enum CodingKeys: CodingKey { case name, configuration }

    /// A codec without settings may be its name alone.
    init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            (self.name, configuration) = (name, nil)
        } else {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            configuration = try container.decodeIfPresent(Configuration.self, forKey: .configuration)
        }
    }

    func required<Value>(_ setting: KeyPath<Configuration, Value?>, _ label: String) throws(IDRError) -> Value {
        guard let value = configuration?[keyPath: setting] else {
            throw ZarrLayout.unusable("its codec \(ZarrText.shown(name)) has no \(label)")
        }
        return value
    }

    /// `codecs` in the order of writing: any number of `transpose`, then `bytes`, then codecs that pack.
    static func chain(_ codecs: [ZarrCodecV3], rank: Int, byteCount: Int) throws(IDRError) -> ZarrCodecs {
        var order = Array(0..<rank)
        var isBigEndian: Bool?
        var packing: [ZarrBytesCodec] = []
        for codec in codecs {
            switch codec.name {
            case "transpose" where isBigEndian == nil:
                let next = try codec.required(\.order, "order")
                guard next.sorted() == Array(0..<rank) else { throw ZarrLayout.unusable("its axes are transposed to \(next)") }
                order = next.map { order[$0] }
            case "bytes" where isBigEndian == nil:
                isBigEndian = try codec.isBigEndian(byteCount: byteCount)
            default:
                // zlib is of Zarr 2 and of numcodecs only.
                guard let packer = ZarrBytesCodec(rawValue: ZarrName.withoutPackage(codec.name)), packer != .zlib || codec.name != "zlib" else {
                    let isMisplaced = ["transpose", "bytes"].contains(codec.name)
                    if isMisplaced { throw ZarrLayout.unusable("its codec \(codec.name) comes after bytes") }
                    throw ZarrLayout.unknown("codec", codec.name, known: "bytes, transpose, sharding_indexed, blosc, gzip, zstd and crc32c")
                }
                guard isBigEndian != nil else { throw ZarrLayout.unusable("its codec \(codec.name) comes before bytes") }
                packing.append(packer)
            }
        }
        guard let isBigEndian else { throw ZarrLayout.unusable("it has no codec that makes bytes of its pixels", because: "\"bytes\" is missing") }
        guard packing.count <= 8 else { throw ZarrLayout.unusable("it is packed \(packing.count) times") }
        return ZarrCodecs(axisOrder: order, isBigEndian: isBigEndian, packing: packing)
    }

    private func isBigEndian(byteCount: Int) throws(IDRError) -> Bool {
        switch configuration?.endian {
        case "little": return false
        case "big": return true
        case nil where byteCount == 1: return false
        case nil: throw ZarrLayout.unusable("its codec bytes has no endian")
        case let other?: throw ZarrLayout.unknown("byte order", other, known: "\"little\" and \"big\"")
        }
    }
}
