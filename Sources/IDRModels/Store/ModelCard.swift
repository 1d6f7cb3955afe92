import Foundation

/// What programs read in a model's card; all else in it is for people.
package enum ModelCard {
    /// The diameters of nuclei that the card of the network at `path` speaks of, in pixels: the card's line `| diameters | 8 to 80 px |`.
    /// - Returns: nil where there is no card, or no such line.
    package static func diameters(ofNetwork path: String) -> ClosedRange<Double>? {
        guard let card = ModelStore.standard.card(of: path), let data = FileManager.default.contents(atPath: card) else { return nil }
        return diameters(inCard: String(decoding: data, as: UTF8.self))
    }

    package static func diameters(inCard text: String) -> ClosedRange<Double>? {
        guard let line = text.firstMatch(of: /(?m)^\|\s*diameters\s*\|\s*([0-9.]+) to ([0-9.]+) px\s*\|/),
            let low = Double(line.1), let high = Double(line.2), low <= high
        else { return nil }
        return low...high
    }
}
