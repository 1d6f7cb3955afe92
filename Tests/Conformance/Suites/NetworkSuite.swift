import Foundation
import IDRModels
import IDRPlan
import TestSupport

/// The CPnet network: files of weights read natively, and what the network makes of an input.
struct NetworkSuite {
    let report: Report
    let folder: String

    /// Tolerances of the fixtures' MANIFEST: summation order of float32 convolutions.
    private enum Tolerance {
        static let output = 1e-4
        static let style = 1e-5
    }

    /// Checks `group` if its layout is one of these; false otherwise.
    func check(_ group: FixtureGroup) async throws -> Bool {
        if group.has("x", "y", "style") {
            await report.section(group.name) { try await checkForward(group) }
        } else if group.has("A", "smean", "ymean", "diam_mean") {
            await report.section(group.name) { try await checkSizeModelFile(group) }
            return false
        } else {
            return false
        }
        return true
    }

    private func checkForward(_ group: FixtureGroup) async throws {
        let weights = try await weights(of: group)
        let network = try CPnet(stateDict: weights)
        let session = try ONNXSession(model: network.model(features: true), name: group.name)
        if let widths = try await group.numbers("nbase") { report.exact("\(group.name) nbase", network.channels, widths.map { Int($0) }) }
        if let count = try await group.number("n_parameters") {
            let parameters = weights.filter { !Self.isStatistic($0.name) }.reduce(0) { $0 + $1.tensor.values.count }
            report.exact("\(group.name) n_parameters", [parameters], [Int(count)])
        }
        let x = Tensor(shape: try await group.shape("x"), values: try await group.values("x"))
        let names = session.outputs.map(\.name).filter { group.datasets.contains($0) }
        for (name, output) in zip(names, try session.run(["x": x], outputs: names)) {
            let expected: [Double] = try await group.values(name)
            let computed = try Subset(await group.text("subset", of: name)).values(of: output).map(Double.init)
            if name == "style" {
                report.absolute("\(group.name) \(name)", computed, expected, tolerance: Tolerance.style)
            } else {
                report.mixed("\(group.name) \(name)", computed, expected, tolerance: Tolerance.output)
            }
        }
        for name in group.datasets.sorted() where name.hasPrefix("check_first") { try await checkFirstValues(name, weights, group) }
    }

    private static func isStatistic(_ name: String) -> Bool {
        ["running_mean", "running_var", "num_batches_tracked"].contains { name.hasSuffix($0) }
    }

    /// Weights from the file that the group names, or else from the formula with the group's seed and the folder's layout table.
    private func weights(of group: FixtureGroup) async throws -> [NamedTensor] {
        if let file = try await group.text("weights") {
            return try TorchFile(reading: "\(folder)/\(URL(fileURLWithPath: file).lastPathComponent)").tensors
        }
        guard let seed = try await group.number("seed") else { throw IDRError(.invalidInput, "it is not said which weights were used") }
        for path in files(in: folder, ending: ".csv") {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            guard text.hasPrefix("index,name,shape") else { continue }
            return FormulaWeights.tensors(try FormulaWeights.layout(csv: text), seed: UInt64(seed))
        }
        throw IDRError(.missing, "the weights are a formula of a layout", because: "no table index,name,shape is in \(folder)")
    }

    /// `check_first<n>_down<l>conv<k>`: the first n weights of the k-th convolution of the l-th level on the way down.
    private func checkFirstValues(_ dataset: String, _ weights: [NamedTensor], _ group: FixtureGroup) async throws {
        let numbers = dataset.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 3 else { throw IDRError(.invalidInput, "\(dataset) names no convolution") }
        let name = "downsample.down.res_down_\(numbers[1]).conv.conv_\(numbers[2]).2.weight"
        guard let tensor = weights.first(where: { $0.name == name }) else { throw IDRError(.invalidInput, "there is no tensor \(name)") }
        let expected: [Float] = try await group.values(dataset)
        report.exact("\(group.name) \(dataset)", Array(tensor.tensor.values.prefix(expected.count)), expected) { $0 + 1 }
    }

    private func checkSizeModelFile(_ group: FixtureGroup) async throws {
        let expected = try await sizeModel(group)
        let models = files(in: folder, ending: ".npy").compactMap { path in
            (try? SizeModelWeights(reading: path)).map { (name: URL(fileURLWithPath: path).lastPathComponent, weights: $0) }
        }.filter { $0.weights.A.count == expected.A.count }
        guard !models.isEmpty else { return report.skip("\(group.name) as a file", because: "the folder holds no size model of this length") }
        for model in models {
            let values = { (weights: SizeModelWeights) in weights.A + weights.smean + [weights.ymean, weights.diamMean] }
            report.exact("\(model.name) equals \(group.name)", values(model.weights), values(expected)) { $0 + 1 }
        }
    }

    /// Files in torch's older format hold the tensors of a file in the newer one.
    func checkFormats() async throws {
        let all = files(in: folder, ending: ".pth")
        let isZip = { (path: String) in FileManager.default.contents(atPath: path)?.starts(with: [0x50, 0x4B]) == true }
        for path in all where !isZip(path) {
            let name = URL(fileURLWithPath: path).lastPathComponent
            await report.section(name) {
                let legacy = try TorchFile(reading: path).tensors
                // The file with the same stem comes first; where there is none, any with the same names.
                let stem = name.components(separatedBy: "_legacy")[0]
                guard let twin = all.first(where: { isZip($0) && URL(fileURLWithPath: $0).lastPathComponent.hasPrefix(stem) }) else {
                    return report.skip(name, because: "no file in the newer format holds the same network")
                }
                let zip = try TorchFile(reading: twin)
                report.exact("\(name) shapes", legacy.flatMap(\.tensor.shape), legacy.flatMap { zip[$0.name]?.shape ?? [] })
                report.exact("\(name) values", legacy.flatMap(\.tensor.values), legacy.flatMap { zip[$0.name]?.values ?? [] }) { $0 + 1 }
            }
        }
    }
}

/// The size model in a group: its datasets `A`, `smean`, `ymean`, `diam_mean`.
func sizeModel(_ group: FixtureGroup) async throws -> SizeModelWeights {
    guard let ymean = try await group.values("ymean", as: Double.self).first, let mean = try await group.values("diam_mean", as: Double.self).first
    else { throw IDRError(.invalidInput, "\(group.name) holds no size model") }
    return SizeModelWeights(A: try await group.values("A"), smean: try await group.values("smean"), ymean: ymean, diamMean: mean)
}

/// A part of an array as NumPy writes it: `[0:1,:,::2,::2]`.
struct Subset {
    private let slices: [(first: Int?, end: Int?, step: Int)]

    init(_ text: String?) throws {
        slices = try (text ?? "").trimmingCharacters(in: ["[", "]"]).split(separator: ",").map { slice in
            let parts = slice.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
            guard (2...3).contains(parts.count) else { throw IDRError(.invalidInput, "\(text ?? "") is no list of slices") }
            return (parts[0], parts[1], parts.count == 3 ? parts[2] ?? 1 : 1)
        }
    }

    /// The part of `tensor`; all of it where nothing was said.
    func values(of tensor: Tensor) -> [Float] {
        guard !slices.isEmpty else { return tensor.values }
        var offsets = [0]
        for (dimension, length) in tensor.shape.enumerated() {
            let slice = dimension < slices.count ? slices[dimension] : (first: nil, end: nil, step: 1)
            let chosen = stride(from: slice.first ?? 0, to: min(length, slice.end ?? length), by: slice.step)
            offsets = offsets.flatMap { offset in chosen.map { offset * length + $0 } }
        }
        return offsets.map { tensor.values[$0] }
    }
}
