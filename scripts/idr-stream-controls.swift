// %% [markdown]
// # Every control well of MitoCheck, as the IDR_stream example profiles them
//
// The published example takes all control wells of idr0013, screen A (6,743 of them), at frame 50, ten wells a batch. The same here:
// wells, frame, context of the illumination correction, thresholds, and the size of a batch are its choices. `.compat` asks for the numbers
// of the programs that it called, defects included:
//
// - every movie uses the illumination penalties of the first one;
// - the diameter of nuclei is estimated for every image, in three passes of the network;
// - outlines of more than 500 points are elided in the column `Object_Outline`.
//
// The published run used Cellpose's own weights and EfficientNet-B0. They do not come with IDRKit: with its small networks the steps are the
// same and the numbers are not. Where you have the files, name them: `.segment(model: .path("....pth"), sizeModel: .path("....npy"), .compat)`
// and `.profile(checkpoint: "....h5", outlines: true, .compat)`.
//
//     idrscript plan scripts/idr-stream-controls.swift                                       # asks the IDR for its tables
//     idrscript run scripts/idr-stream-controls.swift --output results                       # all of it; run again to continue
//     idrscript run scripts/idr-stream-controls.swift --output results --batches 35,105,255  # three of its batches
//     idrscript run scripts/idr-stream-controls.swift --mirror example_files -- 18           # four wells, no network
//
// The example's movies have 20 frames, so the last line asks for frame 18.

// %% Which frame
import IDRKit

let wanted = CommandLine.arguments.dropFirst().first ?? "50"
guard let frame = Int(wanted) else {
    throw IDRError(.invalidPlan, "\"\(wanted)\" is no frame", because: "frames are whole numbers from 1", fix: "write -- 50, or nothing for frame 50")
}

// %% Correct, segment and profile
let cells = try await screen("idr0013A")
    .controls()
    .frame(frame)
    .correct(.compat)
    .segment(.compat)
    .profile(outlines: true, .compat)
    .run(batchSize: 10)

// %% What came out
print("frame \(frame): \(cells.cellCount) nuclei; the tables:")
for table in cells.tables { print("  \(table)") }
