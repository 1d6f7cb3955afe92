package import IDRModels
package import IDRPlan

/// Weights that are a formula of a seed, so that a network of any size can be made anywhere without a file.
///
/// The formula is that of the fixtures: element i of tensor t is drawn from splitmix64(seed + t * 2^32 + i).
package enum FormulaWeights {
    /// Reads a layout table, `index,name,shape` with the shape's numbers separated by spaces (nothing for a scalar).
    package static func layout(csv: String) throws(IDRError) -> [(name: String, shape: [Int])] {
        try csv.split(separator: "\n").dropFirst().map { (line) throws(IDRError) in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 3 else { throw IDRError(.invalidInput, "a line of the layout has no three fields", because: String(line)) }
            return (String(fields[1]), fields[2].split(separator: " ").compactMap { Int($0) })
        }
    }

    package static func tensors(_ layout: [(name: String, shape: [Int])], seed: UInt64) -> [NamedTensor] {
        layout.enumerated().map { index, entry in
            let start = seed &+ UInt64(index) << 32
            let values = (0..<entry.shape.reduce(1, *)).map { value(uniform(start &+ UInt64($0)), entry.name, entry.shape) }
            return NamedTensor(name: entry.name, tensor: Tensor(shape: entry.shape, values: values))
        }
    }

    private static func value(_ u: Double, _ name: String, _ shape: [Int]) -> Float {
        if name.hasPrefix("diam_") { return 30 }
        if name.hasSuffix("num_batches_tracked") { return 0 }
        if name.hasSuffix("running_mean") { return Float((u - 0.5) * 0.2) }
        if name.hasSuffix("running_var") { return Float(0.5 + u) }
        if shape.count >= 2 { return Float((2 * u - 1) * 0.7 * (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()) }
        return name.hasSuffix("weight") ? Float(0.8 + 0.4 * u) : Float((u - 0.5) * 0.2)
    }

    /// A number in 0..<1 of 24 bits.
    package static func uniform(_ state: UInt64) -> Double {
        var z = state &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Double(z >> 40) / Double(1 << 24)
    }

    /// The names and shapes of a Cellpose network's tensors, in the order in which it saves them.
    package static func cpnetLayout(channels: [Int], outputs: Int = 3) -> [(name: String, shape: [Int])] {
        var layout: [(name: String, shape: [Int])] = [("diam_mean", [1]), ("diam_labels", [1])]
        func norm(_ name: String, _ channels: Int) {
            for part in ["weight", "bias", "running_mean", "running_var"] { layout.append(("\(name).\(part)", [channels])) }
            layout.append(("\(name).num_batches_tracked", []))
        }
        func layer(_ name: String, _ shape: [Int]) {
            layout.append(("\(name).weight", shape))
            layout.append(("\(name).bias", [shape[0]]))
        }
        func projection(_ name: String, _ inputs: Int, _ outputs: Int) {
            norm("\(name).proj.0", inputs)
            layer("\(name).proj.1", [outputs, inputs, 1, 1])
        }
        let levels = channels.count - 1
        for level in 0..<levels {
            let (name, outputs) = ("downsample.down.res_down_\(level)", channels[level + 1])
            for index in 0..<4 {
                let inputs = index == 0 ? channels[level] : outputs
                norm("\(name).conv.conv_\(index).0", inputs)
                layer("\(name).conv.conv_\(index).2", [outputs, inputs, 3, 3])
            }
            projection(name, channels[level], outputs)
        }
        for level in 0..<levels {
            let (name, inputs, outputs) = ("upsample.up.res_up_\(level)", channels[min(level + 2, levels)], channels[level + 1])
            norm("\(name).conv.conv_0.0", inputs)
            layer("\(name).conv.conv_0.2", [outputs, inputs, 3, 3])
            for index in 1..<4 {
                norm("\(name).conv.conv_\(index).conv.0", outputs)
                layer("\(name).conv.conv_\(index).conv.2", [outputs, outputs, 3, 3])
                layer("\(name).conv.conv_\(index).full", [outputs, channels[levels]])
            }
            projection(name, inputs, outputs)
        }
        norm("output.0", channels[1])
        layer("output.2", [outputs, channels[1], 1, 1])
        return layout
    }
}
