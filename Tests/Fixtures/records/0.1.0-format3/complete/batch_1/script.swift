// %% [markdown]
// # A record to be read for ever: a complete run
//
// Two wells, one a batch. The diameter of nuclei is estimated on the first one and shared with the plate.

// %% Profile two wells
import IDRKit

let cells = try await screen("idr0013A", mirror: "example_files").controls().first(2).frame(2).correct().segment().profile().run(batchSize: 1)

// %% What came out
print("\(cells.cellCount) nuclei in \(cells.batches.count) batches")
