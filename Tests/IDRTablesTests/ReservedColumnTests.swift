import IDRPlan
import IDRTables
import Testing

/// No channel can be called what another column of a table is called.
@Test func everyColumnBesideChannelsIsReserved() {
    let schema = ProfileSchema(indexColumns: ProfileSchema.index(channels: []), model: "m", featureNames: [])
    let names = schema.metadataNames.map { $0.hasPrefix("Metadata_") ? String($0.dropFirst(9)) : $0 }
    #expect(Set(names) == ImageChannels.otherColumns)
}
