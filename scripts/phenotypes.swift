// %% [markdown]
// # Positive against negative controls
//
// Do wells with a known phenotype look different from untreated ones? All controls are profiled in one run, and the profiles of their wells
// are compared.
//
// **In `example_files/` the labels are invented**: its four wells are quadrants of one movie of untreated cells, and no difference between
// them means anything. On the real screen, take `mirror:` away and frame 50.

// %% Profile the controls
import Foundation
import IDRKit

let cells = try await screen("idr0013A", mirror: "example_files").controls().frame(18).correct().segment().profile().run()

// %% One profile a well
let wells = try await cells.aggregated(by: .well)
show(wells, title: "Median profiles")
show(wells.plateMap(by: .controlType))
show(wells.plateMap(of: .cells))

// %% [markdown]
// ## How alike the wells are
//
// The cosine between two profiles is 1 where they point the same way. Where a phenotype shows, wells of one kind agree better with each other
// than with wells of the other kind.

// %% Compare the wells
func cosine(_ a: [Double], _ b: [Double]) -> Double {
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
}

let kinds = wells.annotations.first { $0.name == Strata.controlTypeColumn }?.values ?? []
let profiles = (0..<wells.rowCount).map { Array(wells.features[$0 * wells.featureNames.count..<($0 + 1) * wells.featureNames.count]) }

/// The mean cosine over all pairs of different wells, one of each kind.
func agreement(_ one: String, _ other: String) -> Double {
    let pairs = kinds.indices.flatMap { a in kinds.indices.filter { $0 != a && kinds[a] == one && kinds[$0] == other }.map { (a, $0) } }
    return pairs.reduce(0) { $0 + cosine(profiles[$1.0], profiles[$1.1]) } / Double(pairs.count)
}

show(agreement("negative control", "negative control"), "cosine, negative with negative")
show(agreement("positive control", "positive control"), "cosine, positive with positive")
show(agreement("negative control", "positive control"), "cosine, negative with positive")

// %% Figures
show(wells.distribution(of: .cells))
show(wells.pca())
show(wells.heatMap())
show(try await cells.singleCells().pca(title: "Principal components of nuclei"))

// %% One well of each kind
for kind in ["negative control", "positive control"] {
    guard let row = kinds.firstIndex(of: kind), let names = wells.annotations.first(where: { $0.name == Strata.wellNameColumn }) else { continue }
    show(try await cells.image(of: names.values[row]).gallery(title: "Nuclei of \(names.values[row]), \(kind)"))
}
