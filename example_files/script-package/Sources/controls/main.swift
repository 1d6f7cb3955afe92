// %% [markdown]
// # Controls of the example screen
//
// The same text runs with `idrscript run Sources/controls/main.swift`, and leaves the same tables.

// %% Profile
import IDRKit

let cells = try await screen("idr0013A", mirror: "../../example_files").controls().frame(18).correct().segment().profile().run(batchSize: 4)

// %% One profile a well
let wells = try await cells.aggregated(by: .well)
show(wells)
show(wells.plateMap(of: .cells))
