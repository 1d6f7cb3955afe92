import IDRPlan

/// The names that the published pipeline gives an image.
struct ImageName: Sendable {
    let well: WellReference
    let field: Int
    let frame: Int

    /// `<plate>_<well number>_<frame>`; fields after the first, which the published pipeline does not have, add `_f<field>`.
    var stem: String { "\(well.plate)_\(well.wellNumber)_\(frame)" + (field == 1 ? "" : "_f\(field)") }

    /// Of the file of one channel among several.
    func stem(channel: Int?) -> String { stem + (channel.map { "_c\($0)" } ?? "") }

    /// The values of `index.csv`: plate, well, site, plate map name, an image a channel, gene, replicate.
    func index(channels: ImageChannels) -> [String] {
        let numbers = channels.ofTables
        let images = numbers.map { "\(well.plate)/\(stem(channel: numbers.count == 1 ? nil : $0)).tif" }
        return [well.plate, "\(well.wellNumber)_\(frame)", "\(field)", "\(well.plate)_\(well.wellNumber)"] + images + [well.gene, "1"]
    }
}
