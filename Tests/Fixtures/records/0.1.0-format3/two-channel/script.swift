// %% [markdown]
// # Nuclei in two channels
//
// Nuclei are found in one channel and described in two. Each channel is corrected by itself; a nucleus' row has the first channel's features
// and behind them the second's, as DeepProfiler has them.
//
// **The second channel of this example is synthetic**: it is the first one blurred, plus noise, made by `Tools/make_two_channel_example.py`.
// Its features say nothing about cells. The movies have three frames, 18 to 20 of the movies in `example_files/`, so frame 1 here is frame 18
// there.
//
// A real screen looks the same, with the names of its own channels: `idrscript screen idr0013A` lists those of a screen. Names come from the
// file or from the study's table, and numbers from 1 will do too.

// %% Find nuclei in one channel, describe them in both
import IDRKit

let cells = try await screen("idr0013A", mirror: "example_files/two-channel")
    .controls(.positive)
    .frame(1)
    .correct()
    .segment(channel: "H2B-GFP")
    .profile(channels: ["H2B-GFP", "synthetic"])
    .run()

// %% What came out
print("\(cells.cellCount) nuclei")
for image in cells.batches.flatMap(\.images) {
    let channels = image.channels.map { "\($0.number) \($0.name)\($0.isSegmented ? " (segmented)" : "")" }
    print("  \(image.plate)/\(image.well): \(image.cells) nuclei; channels \(channels.joined(separator: ", "))")
}
