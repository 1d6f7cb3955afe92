/// What a name of a channel says: what it shows, and in which colour it shines.
struct ChannelMeaning: Sendable, Hashable {
    enum Target: String, Sendable { case nucleus, tubulin, actin, mitochondria, reticulum, golgi, rna, membrane, transmitted }
    enum Colour: String, Sendable { case blue, green, yellow, red, farRed, infrared }

    let targets: Set<Target>
    let colours: Set<Colour>
    /// Words that may be the same in two names.
    let words: Set<String>

    init(_ text: String) {
        let words = Self.words(of: text)
        let all = Set(words)
        var targets = Set(words.indices.compactMap { Self.isOfCellCycle(words, $0) ? nil : Self.target(words[$0]) })
        // Cell Painting's channel of actin, Golgi and plasma membrane, under either of its names. "Ph" alone is nothing: "pH3", "Ph2".
        if all.contains("agp") { targets.formUnion([.actin, .golgi, .membrane]) }
        if all.contains("ph"), targets.contains(.golgi) { targets.insert(.actin) }
        self.targets = targets
        var colours = Set(words.compactMap(Self.colour))
        // "Deep Red" is no red.
        if colours.contains(.farRed) { colours.remove(.red) }
        self.colours = colours
        self.words = all.filter { $0.count >= 3 && !Self.general.contains($0) }
    }

    var isSilent: Bool { targets.isEmpty && colours.isEmpty && words.isEmpty }

    /// Whether two names speak of things that are known, and of no common one.
    func isApart(from other: ChannelMeaning) -> Bool { !targets.isEmpty && !other.targets.isEmpty && targets.isDisjoint(with: other.targets) }

    /// "S phase", "G2/M phase" and "cell cycle phase" are no phase contrast.
    private static func isOfCellCycle(_ words: [String], _ index: Int) -> Bool {
        guard words[index] == "phase", index > 0, !words.dropFirst(index + 1).starts(with: ["contrast"]) else { return false }
        return ["s", "m", "0", "1", "2", "cycle"].contains(words[index - 1])
    }

    private static let general: Set<String> = [
        "alexa", "fluor", "alexafluor", "anti", "stain", "channel", "protein", "cell", "cells", "whole", "and", "the", "exp", "cam", "various",
        "camera",
        "filter", "wheel", "track", "wave", "wavelength", "image", "conjugate", "antibody", "tagged", "staining", "dye", "long", "short", "exposure",
    ]

    private static func target(_ word: String) -> Target? {
        switch word {
        case "dapi", "hoechst", "hoescht", "hoechest", "dna", "nuclei", "nucleus", "nuclear", "chromatin", "chromosome", "chromosomes", "h2a", "h2b",
            "histone",
            "draq", "sytox", "propidium", "picogreen", "33342", "33258":
            .nucleus
        case "tuba", "tubb", "dm1a": .tubulin
        case "actin", "actb", "lifeact": .actin
        case "mito", "tom20", "tomm20", "coxiv", "tmrm", "tmre": .mitochondria
        case "er", "conca", "cona", "endoplasmic", "reticulum", "calnexin", "canx", "kdel", "sec61": .reticulum
        case "golgi", "wga", "agglutinin", "gm130", "giantin": .golgi
        case "rna", "syto", "nucleoli", "nucleolus": .rna
        case "membrane", "cellmask": .membrane
        case "bf", "dic", "phase", "bright", "brightfield", "transmitted", "transmission", "tpmt", "tl", "dpc": .transmitted
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
        case "dapi", "hoechst", "hoescht", "hoechest", "350", "405", "blue", "cyan", "cerulean", "turquoise", "mturquoise", "33342", "33258": .blue
        case "fitc", "cy2", "488", "green", "mneongreen", "neongreen": .green
        case "venus", "mvenus", "citrine", "mcitrine", "yellow": .yellow
        case "mcherry", "cherry", "tritc", "tirtc", "cy3", "546", "555", "561", "568", "594", "texas", "tdtomato", "dsred", "red", "scarlet",
            "mscarlet", "mruby", "ruby", "mkate":
            .red
        case "cy5", "633", "640", "647", "660", "680", "far", "fdred", "deep", "deepr", "irfp": .farRed
        case "cy7", "750", "790", "nir", "infrared": .infrared
        // "EGFP", "sfGFP", "TagRFP", "mRFP".
        default:
            if word.hasSuffix("gfp") {
                .green
            } else if word.hasSuffix("yfp") {
                .yellow
            } else if word.hasSuffix("rfp") {
                .red
            } else if word.hasSuffix("bfp") || word.hasSuffix("cfp") {
                .blue
            } else {
                nil
            }
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
