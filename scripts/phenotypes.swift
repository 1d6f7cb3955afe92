// %% [markdown]
// # Positive against negative controls
//
// Do wells with a known phenotype look different from untreated ones? Both kinds of controls are profiled, each in a run of its own, and the
// mean profiles of their wells are compared.
//
// **In `example_files/` the labels are invented**: its four wells are quadrants of one movie of untreated cells, and no difference between
// them means anything. On the real screen, take `mirror:` away and frame 50.

// %% Profile both kinds of controls
import Foundation
import IDRKit

let controls = screen("idr0013A", mirror: "example_files")
let negative = try await controls.controls(.negative).frame(18).correct().segment().profile().run(name: "negative")
let positive = try await controls.controls(.positive).frame(18).correct().segment().profile().run(name: "positive")

// %% Nuclei of each well
for (kind, run) in [("negative", negative), ("positive", positive)] {
    print("\(kind): \(run.cellCount) nuclei")
    for image in run.batches.flatMap(\.images) {
        let found = image.segmentation
        print("  \(image.plate)/\(image.well): \(image.cells) nuclei, \(found.found - found.kept) at the border left out")
    }
}

// %% [markdown]
// ## Mean profiles
//
// Each batch's record holds the mean profile of every image in `wells.csv`: `Image`, `Cells`, then the features. The cosine between two of them
// is 1 where they point the same way.

// %% Compare the wells' mean profiles
func meanProfiles(of run: ProfileRun) throws -> [[Double]] {
    try run.batches.flatMap { batch in
        let text = try String(contentsOfFile: "\(run.folder)/batch_\(batch.batch)/wells.csv", encoding: .utf8)
        return text.split(separator: "\n").dropFirst().map { $0.split(separator: ",").dropFirst(2).compactMap { Double($0) } }
    }
}

func cosine(_ a: [Double], _ b: [Double]) -> Double {
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
}

/// The mean cosine over all pairs of different wells.
func agreement(_ a: [[Double]], _ b: [[Double]], isSame: Bool) -> Double {
    let pairs = a.indices.flatMap { i in b.indices.filter { !isSame || $0 > i }.map { (i, $0) } }
    return pairs.reduce(0) { $0 + cosine(a[$1.0], b[$1.1]) } / Double(pairs.count)
}

let untreated = try meanProfiles(of: negative)
let treated = try meanProfiles(of: positive)
func text(_ value: Double) -> String { String(format: "%.4f", value) }
print("cosine of the wells' mean profiles")
print("  negative, negative  \(text(agreement(untreated, untreated, isSame: true)))")
print("  positive, positive  \(text(agreement(treated, treated, isSame: true)))")
print("  negative, positive  \(text(agreement(untreated, treated, isSame: false)))")

// %% [markdown]
// ## Figures
//
// This cell is kept for figures: the plate with the number of nuclei in each well, the principal components of the wells' profiles in the two
// kinds' colours, and a gallery of nuclei of each kind.
