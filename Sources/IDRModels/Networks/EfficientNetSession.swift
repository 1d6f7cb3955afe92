import CLayers
import Dispatch
import Synchronization

/// An ``EfficientNet`` that is ready to run on the CPU.
///
/// ONNX Runtime spends a quarter of this network's time on activations by themselves and on changing the layout for channels' factors. Here results
/// are activated while they are in registers, and a block's widened planes stay in the cache until they are used.
/// The results' bits depend on the weights and the crop alone: not on the instruction set, the threads or the batch.
///
/// `features` may be called from several threads at once.
package final class EfficientNetSession: Sendable {
    /// The instructions that a session is computed with.
    package enum Level: CaseIterable, Sendable {
        case portable, avx2, avx512

        /// What this processor has, the fastest last.
        package static var available: [Level] { allCases.filter { $0.layers != nil } }

        fileprivate var layers: idr_layers? {
            let level: idr_level =
                switch self {
                case .portable: IDR_PORTABLE
                case .avx2: IDR_AVX2
                case .avx512: IDR_AVX512
                }
            return idr_layers_of(level)?.pointee
        }
    }

    private let layers: idr_layers
    private let packed: EfficientNetPacked
    private let threads: Int
    /// Memory of passes that have ended: pages are expensive the first time.
    private let spare = Mutex<[AlignedFloats]>([])

    /// - Parameters:
    ///   - threads: how many threads one call of `features` may use.
    ///   - level: nil takes the fastest that the processor has.
    package init(_ network: EfficientNet, threads: Int = 1, level: Level? = nil) {
        // The portable one is always there.
        let level = level ?? Level.available.last ?? .portable
        guard let layers = level.layers else { preconditionFailure("the processor has not got \(level)") }
        self.layers = layers
        self.threads = max(1, threads)
        packed = EfficientNetPacked(network)
    }

    /// Features of `count` crops.
    /// - Parameters:
    ///   - crops: `[crop, side, side]`; the network's three colours are equal.
    ///   - side: a multiple of 32.
    /// - Returns: `[crop, feature]`.
    package func features(of crops: [Float], count: Int, side: Int) -> [Float] {
        precondition(side > 0 && side % 32 == 0 && crops.count == count * side * side, "crops are [count, side, side], the side a multiple of 32")
        let parts = min(threads, count)
        return [Float](unsafeUninitializedCapacity: count * EfficientNet.featureCount) { features, initialized in
            nonisolated(unsafe) let features = features.baseAddress
            crops.withUnsafeBufferPointer { crops in
                nonisolated(unsafe) let crops = crops.baseAddress
                DispatchQueue.concurrentPerform(iterations: parts) { part in
                    // Each part writes rows of its own.
                    guard let crops, let features else { return }
                    let first = count * part / parts
                    run(
                        crops + first * side * side, count: count * (part + 1) / parts - first, side: side,
                        into: features + first * EfficientNet.featureCount)
                }
            }
            initialized = count * EfficientNet.featureCount
        }
    }

    private func run(_ crops: UnsafePointer<Float>, count: Int, side: Int, into features: UnsafeMutablePointer<Float>) {
        let layout = EfficientNetPass.Layout(side: side, count: count)
        let memory = spare.withLock { spare in spare.firstIndex { $0.count >= layout.size }.map { spare.remove(at: $0) } }
        let pass = EfficientNetPass(layers: layers, packed: packed, layout: layout, memory: memory ?? AlignedFloats(count: layout.size))
        pass.run(crops, into: features)
        spare.withLock { $0.append(pass.memory) }
    }
}

/// Memory that begins on a cache line, which no vector then straddles.
///
/// Unchecked: weights are written before anyone else sees them and only read from then on, and a pass's memory is taken out of the session's list
/// by the one call that uses it.
final class AlignedFloats: @unchecked Sendable {
    let start: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        self.count = count
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
        start = bytes.bindMemory(to: Float.self, capacity: max(1, count))
        start.initialize(repeating: 0, count: count)
    }

    convenience init(_ values: [Float]) {
        self.init(count: values.count)
        for (index, value) in values.enumerated() { start[index] = value }
    }

    deinit { UnsafeMutableRawPointer(start).deallocate() }
}
