// %% [markdown]
// # A record to be read for ever: a run with a batch that failed
//
// Two wells, one a batch. The movie of the second one ends early.

// %% Profile two wells
import IDRKit

let cells = try await screen("idr0013A", mirror: "example_files").wells("A3", "B2").frame(2).correct().segment(diameter: 27).profile().run(
    batchSize: 1)

// %% What came out
print("\(cells.cellCount) nuclei in \(cells.batches.count) batches")
