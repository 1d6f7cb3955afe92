import IDRHDF5
import IDRPlan

/// A dataset of planes in a CellH5 file, `[c, t, z, y, x]`, checked before it is used.
struct CellH5Image {
    let shape: [Int]
    let extent: PlaneExtent
    let stored: StoredType

    /// More pixels than any camera has; a file that claims more is broken.
    private static let largestPlane = 1 << 30
    private static let mostChannels = 1 << 10
    private static let mostFrames = 1 << 20

    init(of file: HDF5Reader, dataset: String) async throws {
        let object = try await file.object(dataset)
        if case .broken(let error) = object { throw error }
        guard case .dataset(let info) = object else {
            throw IDRError(.invalidInput, "the file has no image", because: "\(dataset) is not there")
        }
        guard info.shape.count == 5 else {
            throw IDRError(
                .invalidInput, "\(dataset) has \(info.shape.count) dimensions", because: "its shape is \(info.shape), not [c, t, z, y, x]")
        }
        guard let stored = info.numberType.flatMap(StoredType.init) else {
            throw IDRError(.invalidInput, "\(dataset) holds no numbers of a known type", because: "known are \(StoredType.known)")
        }
        self.stored = stored
        let (pixels, overflow) = info.shape[3].multipliedReportingOverflow(by: info.shape[4])
        guard info.shape.allSatisfy({ $0 > 0 }), !overflow, pixels <= CellH5Image.largestPlane else {
            throw IDRError(.invalidInput, "\(dataset) has no usable size", because: "its shape [c, t, z, y, x] is \(info.shape)")
        }
        guard info.shape[0] <= Self.mostChannels, info.shape[1] <= Self.mostFrames, info.shape[2] <= Self.mostFrames else {
            throw IDRError(
                .invalidInput, "\(dataset) has no usable size",
                because: "its shape [c, t, z, y, x] is \(info.shape), and at most \(Self.mostChannels) channels, \(Self.mostFrames) frames and "
                    + "\(Self.mostFrames) z slices are read")
        }
        shape = info.shape
        extent = PlaneExtent(frames: shape[1], channels: shape[0], slices: shape[2], height: shape[3], width: shape[4])
    }

    /// What of other files the elements are in.
    static func otherFiles(of file: HDF5Reader, dataset: String) async throws -> [String] {
        guard case .dataset(let info) = try await file.object(dataset) else { return [] }
        return info.otherFiles
    }

    /// Whether both have the same frames, slices and size in pixels.
    func matches(_ other: CellH5Image) -> Bool { shape.dropFirst() == other.shape.dropFirst() }

    /// The names in `/definition/image/<kind>`; numbers where the file gives none.
    static func names(_ kind: String, count: Int, of file: HDF5Reader) async throws -> [String] {
        let definition = "/definition/image/\(kind)"
        let known = try await file.isDataset(definition) ? file.readStrings(definition, member: "\(kind)_name") : []
        return (0..<count).map { $0 < known.count && !known[$0].isEmpty ? known[$0] : "\(kind) \($0 + 1)" }
    }
}
