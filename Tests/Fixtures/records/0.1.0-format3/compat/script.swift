// %% [markdown]
// # A record to be read for ever: a run with the published programs' numbers
//
// The second movie uses the illumination penalties of the first one, the diameter is estimated for every image, and outlines are a column.

// %% Profile two wells
import IDRKit

let cells = try await screen("idr0013A", mirror: "example_files").controls().first(2).frame(2)
    .correct(.compat).segment(.compat).profile(outlines: true, .compat).run(batchSize: 2)

// %% What came out
print("\(cells.cellCount) nuclei in \(cells.batches.count) batches")
