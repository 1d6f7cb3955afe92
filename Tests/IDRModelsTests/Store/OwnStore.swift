import Foundation
import IDRModels
import TestSupport

/// A store in a scratch folder: a root with one model, `shipped`, and a place for the user's own.
struct OwnStore {
    let scratch: ScratchFolder
    let store: ModelStore

    static let network = ImportSupport.fixture("segmentation_illumination/cpnet_reduced_trained.pth")
    static let sizeModel = ImportSupport.fixture("segmentation_illumination/size_reduced.npy")
    static let b0 = ImportSupport.fixture("features/efficientnet_b0_wS.h5")

    init() throws {
        scratch = try ScratchFolder()
        store = ModelStore(roots: [scratch("root")], own: scratch("own"))
        try FileManager.default.createDirectory(atPath: scratch("root/shipped"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Self.network, toPath: scratch("root/shipped/shipped.pth"))
    }

    func add(_ name: String, _ paths: String..., card: String? = nil, replacing: Bool = false) async throws -> [ModelFile] {
        try await store.add(name, from: paths.map { .file($0) }, card: card, replacing: replacing)
    }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: scratch(name)))
        return scratch(name)
    }

    /// Everything in the user's folder but the lock.
    var own: [String] { scratch.files(below: "own").filter { !$0.hasPrefix(".lock") } }

    /// Folders that were begun too.
    var folders: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: scratch("own"))) ?? []).filter { !$0.hasPrefix(".lock") }.sorted()
    }
}

extension TorchSample {
    /// The tensors as one file.
    init(_ tensors: [(name: String, shape: [Int], values: [Float])]) {
        var (offset, entries): (Int, [Tensor]) = (0, [])
        for tensor in tensors {
            let strides = tensor.shape.indices.map { tensor.shape[($0 + 1)...].reduce(1, *) }
            entries.append(Tensor(name: tensor.name, storage: "0", offset: offset, shape: tensor.shape, strides: strides))
            offset += tensor.values.count
        }
        self = .floats(tensors.flatMap(\.values), entries)
    }

    /// A small Cellpose network of made-up weights.
    static func cellpose(outputs: Int = 3, change: (String, [Float]) -> [Float] = { $1 }) -> [UInt8] {
        let layout = FormulaWeights.cpnetLayout(channels: [2, 4, 8], outputs: outputs)
        let tensors = FormulaWeights.tensors(layout, seed: 1)
        return TorchSample(tensors.map { ($0.name, $0.tensor.shape, change($0.name, $0.tensor.values)) }).zip()
    }
}
