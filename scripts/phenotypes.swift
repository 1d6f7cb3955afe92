// %% [markdown]
// # Positive against negative controls
//
// Do wells with a known phenotype look different from untreated ones? All control wells are profiled, each well gets one profile (the median
// of its nuclei), and the profiles of the two kinds are compared.
//
// **In `example_files/` the labels are invented**: its four wells are quadrants of one movie of untreated cells, and no difference between
// them means anything. On the real screen, take `mirror:` away and frame 50.

// %% Profile every control well
import IDRKit

let cells = try await screen("idr0013A", mirror: "example_files").controls().frame(18).correct().segment().profile().run()
let wells = try await cells.aggregated(by: .well)
show(wells)

// %% [markdown]
// ## The plate
//
// Where the controls are, and how many nuclei each has. Nuclei at an image's border are left out.

// %% Nuclei of each well
show(wells.plateMap(by: .controlType))
show(wells.plateMap(of: .cells))
show(wells.distribution(of: .cells, by: .controlType))

// %% [markdown]
// ## Do the profiles differ?
//
// The cosine between two profiles is 1 where they point the same way. If kinds differ, wells of one kind agree more with each other than with
// wells of the other kind.

// %% Compare the wells' profiles
func profiles(of kind: String) -> [[Double]] {
    let kinds = wells.annotations.first { $0.name == Strata.controlTypeColumn }?.values ?? []
    let count = wells.featureNames.count
    return kinds.indices.filter { kinds[$0].hasPrefix(kind) }.map { Array(wells.features[$0 * count..<($0 + 1) * count]) }
}

func cosine(_ a: [Double], _ b: [Double]) -> Double {
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// Cosines of all pairs of two different profiles.
func within(_ kind: [[Double]]) -> [Double] { kind.indices.flatMap { i in kind[..<i].map { cosine(kind[i], $0) } } }

let (negative, positive) = (profiles(of: "negative"), profiles(of: "positive"))
show(mean(within(negative)), "mean cosine, negative and negative")
show(mean(within(positive)), "mean cosine, positive and positive")
show(mean(negative.flatMap { well in positive.map { cosine(well, $0) } }), "mean cosine, negative and positive")

// %% [markdown]
// ## The profiles at a glance

// %% Features and principal components
show(wells.heatMap(by: .controlType))
show(wells.pca(by: .controlType))

// %% Nuclei of one well of each kind
show(try await cells.image(of: "A2").gallery(title: "A2, negative control"))
show(try await cells.image(of: "A3").gallery(title: "A3, positive control"))
