import Foundation
import IDRFiles
import IDRImaging
import IDRModels
package import IDRPlan

/// Makes a Cellpose network's form in 8-bit whole numbers, and tells on a card how well the two agree.
package struct NetworkQuantising: Sendable {
    /// A named model, or the path of a network's `.pth`.
    package var network: String
    /// Files and folders of images that say how large the network's numbers get.
    package var calibration: [String]
    /// Others, that the two networks are compared on as well.
    package var checks: [String]
    /// Channel of movies, from 1.
    package var channel: Int
    /// Of a nucleus, in pixels; nil estimates it for each image.
    package var diameter: Double?

    /// So many images of each set are calibrated on: more change the ranges by less than a step of their numbers.
    package static let imagesOfASet = 24
    /// So many of each further set are compared.
    package static let imagesCompared = 200
    /// What the file's name ends with.
    package static let ending = Segmenters.endings(.int8)[0]

    package init(network: String, calibration: [String], checks: [String] = [], channel: Int = 1, diameter: Double? = nil) {
        self.network = network
        self.calibration = calibration
        self.checks = checks
        self.channel = channel
        self.diameter = diameter
    }

    /// How well the two networks agree on one set of images.
    package struct Agreement: Sendable, Hashable {
        package var name: String
        package var images: Int
        /// Nuclei that the network of floats finds.
        package var nuclei: Int
        /// Mean over the images, of nuclei that overlap by more than half of what they cover together.
        package var f1: Double
        package var worst: Double
        package var isCalibration: Bool
    }

    /// What was made.
    package struct Result: Sendable {
        package var file: ContentFile
        package var cardPath: String
        package var agreements: [Agreement]
    }

    /// - Parameters:
    ///   - path: of the file to write; the card is beside it.
    ///   - tell: is told of each step, for people.
    /// - Throws: an ``IDRError`` where the network or an image cannot be used; nothing is left of the file then.
    package func write(to path: String, tell: (String) -> Void = { _ in }) async throws -> Result {
        guard path.hasSuffix(Self.ending), path.utf8.count > Self.ending.utf8.count else {
            throw IDRError(
                .refused, "a quantised network cannot be called \(lastPathComponent(of: path))",
                because: "its name ends with \(Self.ending): by that a script's precision: .int8 knows it", fix: "give -o FILE\(Self.ending)")
        }
        let files = try files()
        let segmenter = try Segmenters.load(files.network, sizeModel: files.sizeModel)
        var quantiser = try CellposeQuantiser(network: files.network)
        var sets: [(set: ImageSet, diameters: [Double])] = []
        for (index, source) in (calibration + checks).enumerated() {
            tell("reading \(source)")
            let limit = index < calibration.count ? Self.imagesOfASet : Self.imagesCompared
            let set = try await ImageSet(reading: source, for: segmenter, channel: channel, limit: limit)
            sets.append((set, try set.images.map { try diameter ?? segmenter.diameter(of: $0, Segmentation()).pixels }))
        }
        for (set, diameters) in sets.prefix(calibration.count) {
            tell("calibrating on \(set.images.count.counted("image", "images")) of \(set.name)")
            for (image, diameter) in zip(set.images, diameters) { try quantiser.observe(image, diameter: diameter) }
        }
        let told = sets.prefix(calibration.count).map { "\($0.set.images.count.counted("image", "images")) of \($0.set.name)" }
        let bytes = try quantiser.quantised(calibration: told.joined(separator: ", "))
        tell("comparing with the network of floats")
        let name = lastPathComponent(of: path)
        let whole = try CellposeQuantiser.segmenter(bytes, name: name)
        let agreements = try sets.enumerated().map { (index, entry) throws(IDRError) in
            try Self.agreement(entry.set, entry.diameters, segmenter, whole, isCalibration: index < calibration.count)
        }
        try AtomicFile.write(bytes, to: path)
        let origin = try ContentFile(file: files.network, name: lastPathComponent(of: files.network))
        let card = QuantisedCard(file: try ContentFile(file: path, name: name), origin: origin, agreements: agreements)
        let cardPath = path.dropLast(Self.ending.count) + ".int8.md"
        try AtomicFile.write(Array(card.text.utf8), to: String(cardPath))
        return Result(file: card.file, cardPath: String(cardPath), agreements: agreements)
    }

    private func files() throws(IDRError) -> (network: String, sizeModel: String?) {
        let store = ModelStore.standard
        let isNamed = store.list().contains { $0.name == network } && !FileManager.default.fileExists(atPath: network)
        let path = try store.file(isNamed ? .named(network) : .path(network), ending: Segmenters.endings(.float32))
        guard diameter == nil else { return (path, nil) }
        let sizeModel = isNamed ? try store.model(network).files(ending: [".npy"]).first : nil
        guard let sizeModel else {
            throw IDRError(
                .missing, "the nuclei's diameters cannot be estimated", at: [network], because: "no size model is known of this network",
                fix: "give their diameter in pixels: --diameter 25")
        }
        return (path, sizeModel)
    }

    private static func agreement(
        _ set: ImageSet, _ diameters: [Double], _ floats: any Segmenter, _ whole: any Segmenter, isCalibration: Bool
    ) throws(IDRError) -> Agreement {
        var scores: [Double] = []
        var nuclei = 0
        for (image, diameter) in zip(set.images, diameters) {
            let expected = try floats.labels(of: image, diameter: diameter, Segmentation())
            let found = try whole.labels(of: image, diameter: diameter, Segmentation())
            nuclei += Int(expected.pixels.max() ?? 0)
            scores.append(MaskAgreement.f1(expected, found))
        }
        return Agreement(
            name: set.name, images: set.images.count, nuclei: nuclei, f1: scores.reduce(0, +) / Double(max(1, scores.count)),
            worst: scores.min() ?? 1, isCalibration: isCalibration)
    }
}
