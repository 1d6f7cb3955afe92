// %% [markdown]
// # A record to be read for ever: a signed run
//
// Two frames of one well, which the command line names, as they are: without correction, with a diameter that is given.

// %% Profile a well
import IDRKit

let well = CommandLine.arguments.dropFirst().first ?? "A2"
let cells = try await screen("idr0013A", mirror: "example_files").wells(well).frames(1, 3).segment(diameter: 26.5, flowThreshold: 0.6).profile().run()

// %% What came out
print("\(cells.cellCount) nuclei in \(cells.batches.count) batches")
