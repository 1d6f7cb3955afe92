// %% [markdown]
// # MitoCheck controls, frame 18
//
// Nuclei of every control well of the example screen, profiled with deep features. The example's four wells are quadrants
// of one real MitoCheck movie; its control labels are invented (see `example_files/README.md`).
//
// For the real screen: remove `mirror:` (or name your own mirror) and take frame 50, as the published run did;
// `idr-stream-controls.swift` does that.

// %% Profile every control well
import IDRKit

let cells = try await screen("idr0013A", mirror: "example_files")
    .controls()
    .frame(18)
    .correct()
    .segment()
    .profile()
    .run(batchSize: 2)

// %% What came out
print("\(cells.cellCount) nuclei in \(cells.batches.count) batches:")
for table in cells.tables { print("  \(table)") }

// %% One profile a well
let wells = try await cells.aggregated(by: .well)
show(wells)
show(wells.plateMap(of: .cells))

// %% One of the images
let image = try await cells.image(of: "A2")
show(image.correction())
show(image.outlinesOverImage())

// %% Time
show(cells.timings())
