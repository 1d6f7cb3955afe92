package import IDRModels

extension ONNXGraph {
    /// The bytes of a feature network whose three features are the means of a crop's colours.
    package static func colourMeans() -> [UInt8] {
        var graph = ONNXGraph(name: "means")
        let image = graph.input("image", [.any("images"), .fixed(3), .fixed(224), .fixed(224)])
        let means = graph.node("GlobalAveragePool", [image])
        graph.output(graph.node("Flatten", [means], [.int("axis", 1)], output: "means"), [.any("images"), .fixed(3)])
        return graph.encoded()
    }
}
