/// A stage's result that can be kept.
protocol StageValue: Sendable {
    func stageBytes() throws -> StageBytes
    /// nil where the bytes are not such a result.
    init?(reading reader: inout StageBytesReader)
}
