import IDRPlan

/// Whether a model's files can be used: they are loaded as a run loads them, have to give finite numbers once, and to fit together.
package struct ModelTrial {
    /// What a file gave when it was tried.
    package struct Answer: Sendable {
        /// They have to be finite.
        package var numbers: [Float]
        /// The length of the style vector that a network gives; nil where it has none.
        package var style: Int?
        /// The length of the one that a size model takes.
        package var styleOfSizeModel: Int?

        package init(numbers: [Float] = [], style: Int? = nil, styleOfSizeModel: Int? = nil) {
            (self.numbers, self.style, self.styleOfSizeModel) = (numbers, style, styleOfSizeModel)
        }
    }

    private var files: [ModelFile] = []
    private var style: Int?
    private var sizeModelStyle: Int?

    /// Tries the file at `path`.
    /// - Throws: ``IDRError`` where it cannot be used.
    mutating func run(_ path: String) async throws {
        let file = try ModelFile(reading: path)
        if let answer = try await file.kind.entry?.trial(of: path) {
            try check(answer.numbers, path)
            style = answer.style ?? style
            sizeModelStyle = answer.styleOfSizeModel ?? sizeModelStyle
        }
        files.append(file)
    }

    /// The files in the order in which they were tried.
    /// - Throws: ``IDRError`` where a size model does not belong to the network, as far as numbers say it.
    func end() throws(IDRError) -> [ModelFile] {
        guard let sizeModel = files.first(where: { $0.kind.part == .sizeModel }), style != sizeModelStyle else { return files }
        let reason =
            if let style, let sizeModelStyle {
                "the network's style has \(style) numbers and the size model takes \(sizeModelStyle)"
            } else {
                "only a Cellpose network has one"
            }
        throw IDRError(
            .invalidInput, "the size model does not belong to this network", at: [sizeModel.file.name], because: reason,
            fix: "use the size model that was trained with the network")
    }

    /// Numbers to try a network with.
    static func pattern(_ count: Int) -> [Float] { (0..<count).map { Float($0 % 17) / 16 } }

    private func check(_ numbers: [Float], _ path: String) throws(IDRError) {
        guard numbers.allSatisfy(\.isFinite) else {
            throw IDRError(
                .invalidInput, "this network cannot be used", at: [path], because: "it gives numbers that are infinite or undefined",
                fix: "look at how its weights were trained or converted")
        }
    }
}
