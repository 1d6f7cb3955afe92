import IDRFormats
import IDRPlan

/// One frame of a well's channels, on its way through the stages.
struct ImageFrames: Sendable {
    let fetched: FetchedFrames
    /// In the order of the fetched ones.
    let channels: [CorrectedChannel]
    /// Of the frame among those of the plan, from 0.
    let position: Int

    /// The frame in one channel, with its digest.
    subscript(channel: Int) -> (plane: PixelPlane, digest: String) { (channels[channel].planes[position], channels[channel].digests[position]) }

    var segmented: (plane: PixelPlane, digest: String) { self[fetched.segmented] }

    /// In the order of the features.
    var profiled: [(plane: PixelPlane, digest: String)] { fetched.profiled.map { self[$0] } }
}

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
    func index(channels: [FetchedChannel]) -> [String] {
        let images = channels.map { "\(well.plate)/\(stem(channel: channels.count == 1 ? nil : $0.number)).tif" }
        return [well.plate, "\(well.wellNumber)_\(frame)", "\(field)", "\(well.plate)_\(well.wellNumber)"] + images + [well.gene, "1"]
    }
}
