import IDRPlan
import Testing

/// Labels of channels as tables can have them.
struct ChannelColumnTests {
    private func columns(_ labels: String...) -> [String] {
        let names = ImageChannels.columns(labels.enumerated().map { ($0 + 1, $1) })
        return labels.indices.map { names[$0 + 1] ?? "" }
    }

    @Test func ordinaryLabelsStayAsTheyAre() { #expect(columns("DNA", "ER (488)", "α-tubulin") == ["DNA", "ER (488)", "α-tubulin"]) }

    @Test func slashesAreNoPaths() { #expect(columns("DAPI/Hoechst", "a/b/c", "/", ".") == ["DAPI_Hoechst", "a_b_c", "_", "channel"]) }

    @Test func everyColumnHasItsName() {
        #expect(columns("DNA", "DNA", "DNA_2") == ["DNA", "DNA_2", "DNA_2_3"])
        #expect(columns("Gene", "Well", "Model", "Plate_Map_Name") == ["Gene_1", "Well_2", "Model_3", "Plate_Map_Name_4"])
        #expect(columns("Metadata_Plate", "DNA", "Metadata_DNA") == ["Metadata_Plate_1", "DNA", "Metadata_DNA_3"])
        #expect(columns("", "") == ["channel_1", "channel_2"])
        for labels in [["a/b", "a_b"], ["x", "x", "x_2", "x_2"], ["Gene", "Gene", "Gene_1"]] {
            let names = ImageChannels.columns(labels.enumerated().map { ($0, $1) })
            #expect(Set(names.values).count == labels.count && Set(names.values).isDisjoint(with: ImageChannels.otherColumns))
        }
    }
}
