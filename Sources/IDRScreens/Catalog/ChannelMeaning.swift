/// What a name of a channel says: what it shows, and in which colour it shines.
struct ChannelMeaning: Sendable, Hashable {
    enum Target: String, Sendable { case nucleus, tubulin, actin, mitochondria, reticulum, golgi, rna, membrane, transmitted }
    enum Colour: String, Sendable { case blue, green, yellow, red, farRed }

    let targets: Set<Target>
    let colours: Set<Colour>
    /// Words that may be the same in two names.
    let words: Set<String>

    init(_ text: String) {
        let words = Self.words(of: text)
        let all = Set(words)
        targets = Set(words.compactMap(Self.target))
        var colours = Set(words.compactMap(Self.colour))
        // "Deep Red" is no red.
        if colours.contains(.farRed) { colours.remove(.red) }
        self.colours = colours
        self.words = all.filter { $0.count >= 3 && !Self.general.contains($0) }
    }

    var isSilent: Bool { targets.isEmpty && colours.isEmpty && words.isEmpty }

    private static let general: Set<String> = [
        "alexa", "fluor", "alexafluor", "anti", "stain", "channel", "protein", "cell", "cells", "whole", "and", "the", "exp", "cam", "various",
    ]

    private static func target(_ word: String) -> Target? {
        switch word {
        case "dapi", "hoechst", "hoescht", "hoechest", "dna", "nuclei", "nucleus", "nuclear", "chromatin", "h2b", "histone", "draq": .nucleus
        case "ph", "actin", "lifeact": .actin
        case "mito": .mitochondria
        case "er", "conca", "cona", "endoplasmic", "reticulum", "calnexin": .reticulum
        case "golgi", "wga", "agp", "agglutinin": .golgi
        case "rna", "syto", "nucleoli", "nucleolus": .rna
        case "membrane", "cellmask": .membrane
        case "bf", "dic", "phase", "bright", "brightfield", "transmitted", "tl", "dpc": .transmitted
        default:
            if word.hasSuffix("tubulin") || word.hasPrefix("microtubul") {
                .tubulin
            } else if word.hasPrefix("phallo") || word.hasSuffix("actin") {
                .actin
            } else if word.hasPrefix("mitochond") || word.hasPrefix("mitotrack") {
                .mitochondria
            } else if word.hasPrefix("concanavalin") {
                .reticulum
            } else {
                nil
            }
        }
    }

    private static func colour(_ word: String) -> Colour? {
        switch word {
        case "dapi", "hoechst", "hoescht", "hoechest", "bfp", "405", "blue", "cfp", "350": .blue
        case "gfp", "egfp", "yegfp", "fitc", "488", "green", "mneongreen": .green
        case "yfp", "tagyfp", "eyfp", "venus", "yellow": .yellow
        case "rfp", "mrfp", "mcherry", "cherry", "tritc", "tirtc", "cy3", "555", "561", "568", "594", "546", "texas", "tdtomato", "dsred", "red": .red
        case "cy5", "647", "640", "633", "far", "fdred", "deep", "deepr", "irfp": .farRed
        default: nil
        }
    }

    /// "ERSyto" is "er" and "syto", "Phalloidin488" is "phalloidin" and "488", "mRFP1" stays "mrfp" and "1", and "Cy5" and "H2B" are one word.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        for part in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let whole = part.lowercased()
            if target(whole) != nil || colour(whole) != nil {
                words.append(whole)
                continue
            }
            words += pieces(Array(part))
        }
        return words
    }

    private static func pieces(_ letters: [Character]) -> [String] {
        var (pieces, start) = ([String](), 0)
        for index in letters.indices.dropFirst() {
            let (before, here) = (letters[index - 1], letters[index])
            let isNumber = before.isNumber != here.isNumber
            let isCapital = before.isLowercase && here.isUppercase
            let endsCapitals = before.isUppercase && here.isUppercase && index + 1 < letters.count && letters[index + 1].isLowercase
            guard isNumber || (isCapital && index - start > 1) || endsCapitals else { continue }
            pieces.append(String(letters[start..<index]).lowercased())
            start = index
        }
        return pieces + [String(letters[start...]).lowercased()]
    }
}
