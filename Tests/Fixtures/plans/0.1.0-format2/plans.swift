// Plans that use every part of the schema: each is resolved by its name, or all are encoded as scripts hold them.
import Foundation
import IDRKit

/// A plan's name, or nothing: then all are encoded.
let wanted = CommandLine.arguments.dropFirst().first
/// Where wells and channels are looked up; an encoded plan says nothing of it.
func example(_ mirror: String = "example_files") -> Pipeline<Selecting> { screen("idr0013A", mirror: wanted == nil ? nil : mirror) }

var access = Access(mirror: "mirror", sources: PixelSource.allCases)
access.catalog = CatalogSource.allCases
access.services = ["https://idr.example.org/"]
access.tables = ["https://tables.example.org/{study}/screen{screen}/"]
access.studies = ["https://tables.example.org/studies.tsv"]
access.zarrPlates = ["https://tables.example.org/{accession}.csv"]
access.zarr = ["https://zarr.example.org/"]
access.files = ["ftp://files.example.org/pub/"]
access.aspera = AsperaAccess(isOn: true, key: "aspera.key")
access.screens = [
    "idr0013A": ScreenConventions(
        study: "idr0013-neumann-mitocheck", moviePath: "{plate}/{well}.ch5", tiffPattern: "{well}.tif", targetColumns: ["Gene Symbol"],
        excludedControls: ["empty"], plateColumns: 24, controlWords: ControlWords(negative: ["scrambled"]))
]
access.netrc = "netrc"
access.cache = "cache"
access.cacheBytes = 1_000_000
access.connectionsPerHost = 2
access.freshness = .offline

let plans: [String: Pipeline<Profiled>] = [
    "plain": example().controls().frame(18).correct().segment().profile(),
    "compat": example().controls().frame(18).correct(.compat).segment(.compat).profile(outlines: true, .compat),
    "frames-and-fields": example().wells("A2", "EXAMPLE_01/B3").fields(1, 2).slice(2).frames(3, 1, 2).segment(diameter: 20.5).profile(),
    "two-channels": example("example_files/two-channel").controls().frame(1).correct().segment(channel: "H2B-GFP")
        .profile(channels: ["H2B-GFP", 2]),
    "every-selection": example().plates("EXAMPLE_01")
        .controls(words: ControlWords(negative: ["negative control"], positive: ["positive"], none: ["empty"]))
        .controls(.negative).wells("A2", "B2", "EXAMPLE_01/B3").excluding(wells: "B3").where("Characteristics [Cell Line]", is: "HeLa", "RPE-1")
        .first(1).frame(18).correct().segment().profile(),
    "every-control": example().controls(.positive).frame(18).correct().segment().profile(),
    "named-models": example().first(1).frame(18).correct().segment(model: .named("nuclei-small"))
        .profile(config: "profiling_config.json", checkpoint: .named("efficientnet-lite0")),
    "models-by-path": example().first(1).frame(18).correct()
        .segment(model: .path("weights/nuclei-small.pth"), sizeModel: .path("weights/nuclei-small-size.npy"))
        .profile(checkpoint: .named("efficientnet-lite0")),
    "thresholds": example().first(1).frame(18).correct().segment(diameter: 27, flowThreshold: 0.4, cellProbabilityThreshold: -1.5).profile(),
    "one-well": example().first(1).frame(18).correct().segment().profile(),
]
/// The plan `one-well` and where it is taken from.
let withAccess: [String: Pipeline<Profiled>] = [
    "mirror": screen("idr0013A", mirror: "example_files").first(1).frame(18).correct().segment().profile(),
    "sources": screen("idr0013A", mirror: "mirror", sources: [.mirror, .omeZarr]).first(1).frame(18).correct().segment().profile(),
    "everything": screen("idr0013A", access: access).first(1).frame(18).correct().segment().profile(),
]

if let wanted {
    guard let pipeline = plans[wanted] else { throw IDRError(.invalidPlan, "there is no plan \(wanted)") }
    _ = try await pipeline.run().cellCount
} else {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    func write(_ value: some Encodable, to file: String) throws {
        let url = URL(fileURLWithPath: "\(file).json")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try (encoder.encode(value) + Data("\n".utf8)).write(to: url)
    }
    for (name, pipeline) in plans { try write(pipeline.plan, to: "plans/\(name)") }
    try write(screen("idr0013A").plan, to: "plans/nothing-chosen")
    for (name, pipeline) in withAccess { try write(pipeline.plan, to: "plans-with-access/\(name)") }
    try write(access, to: "access/everything")
    try write(Access(mirror: "mirror", sources: [.mirror, .omeZarr]), to: "access/sources")
}
