import IDRModels

/// The Cellpose network operator by operator as its authors wrote it, without any rewriting: what ``CPnet`` must agree with.
struct PlainCPnet {
    private let tensors: [String: Tensor]
    private let channels: [Int]
    private var graph = ONNXGraph(name: "plain CPnet")

    init(_ stateDict: [NamedTensor], channels: [Int]) {
        tensors = Dictionary(uniqueKeysWithValues: stateDict.map { ($0.name, $0.tensor) })
        self.channels = channels
    }

    mutating func model() -> [UInt8] {
        let levels = channels.count - 1
        var x = graph.input("x", [.any("n"), .fixed(channels[0]), .any("h"), .any("w")])
        var skips: [String] = []
        for level in 0..<levels {
            if level > 0 { x = graph.node("MaxPool", [x], [.ints("kernel_shape", [2, 2]), .ints("strides", [2, 2])]) }
            let name = "downsample.down.res_down_\(level)"
            let h = unit(unit(x, "\(name).conv.conv_0"), "\(name).conv.conv_1")
            x = graph.node("Add", [projected(x, name), h])
            x = graph.node("Add", [x, unit(unit(x, "\(name).conv.conv_2"), "\(name).conv.conv_3")])
            skips.append(x)
        }
        let mean = graph.node("Flatten", [graph.node("GlobalAveragePool", [x])], [.int("axis", 1)])
        let style = graph.node("Div", [mean, graph.node("ReduceL2", [mean], [.ints("axes", [1]), .int("keepdims", 1)])], output: "style")
        for level in (0..<levels).reversed() {
            if level < levels - 1 { x = enlarged(x) }
            let name = "upsample.up.res_up_\(level)"
            var h = unit(x, "\(name).conv.conv_0")
            h = styled(graph.node("Add", [h, skips[level]]), style, "\(name).conv.conv_1")
            x = graph.node("Add", [projected(x, name), h])
            h = styled(x, style, "\(name).conv.conv_2")
            x = graph.node("Add", [x, styled(h, style, "\(name).conv.conv_3")])
        }
        _ = unit(x, "output", padding: 0, output: "y")
        graph.output("y", [.any("n"), .fixed(3), .any("h"), .any("w")])
        graph.output("style", [.any("n"), .fixed(channels[levels])])
        return graph.encoded()
    }

    private mutating func constant(_ name: String) -> String {
        graph.constant(tensors[name]?.values ?? [], shape: tensors[name]?.shape ?? [0])
    }

    private mutating func normalised(_ x: String, _ name: String) -> String {
        let parts = ["weight", "bias", "running_mean", "running_var"].map { constant("\(name).\($0)") }
        return graph.node("BatchNormalization", [x] + parts, [.float("epsilon", 1e-5)])
    }

    private mutating func convolved(_ x: String, _ name: String, padding: Int, output: String? = nil) -> String {
        graph.node(
            "Conv", [x, constant("\(name).weight"), constant("\(name).bias")], [.ints("pads", [Int](repeating: padding, count: 4))], output: output)
    }

    private mutating func unit(_ x: String, _ name: String, padding: Int = 1, output: String? = nil) -> String {
        convolved(graph.node("Relu", [normalised(x, "\(name).0")]), "\(name).2", padding: padding, output: output)
    }

    private mutating func projected(_ x: String, _ name: String) -> String {
        convolved(normalised(x, "\(name).proj.0"), "\(name).proj.1", padding: 0)
    }

    private mutating func styled(_ x: String, _ style: String, _ name: String) -> String {
        let feature = graph.node("Gemm", [style, constant("\(name).full.weight"), constant("\(name).full.bias")], [.int("transB", 1)])
        let plane = graph.node("Unsqueeze", [feature, graph.constant([2, 3])])
        return unit(graph.node("Add", [x, plane]), "\(name).conv")
    }

    private mutating func enlarged(_ x: String) -> String {
        graph.node(
            "Resize", [x, "", graph.constant([1, 1, 2, 2], shape: [4])],
            [.string("mode", "nearest"), .string("coordinate_transformation_mode", "asymmetric"), .string("nearest_mode", "floor")])
    }
}
