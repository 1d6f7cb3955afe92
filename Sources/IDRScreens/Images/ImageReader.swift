import IDRFiles
package import IDRFormats
package import IDRPlan
package import IDRTransfer
import Synchronization

/// Planes that were read, and where they came from.
package struct ImageReading: Sendable {
    package let planes: [PixelPlane]
    package let extent: PlaneExtent
    /// Of the file; where those say nothing, what the study shows instead.
    package fileprivate(set) var channelNames: [String]
    package let source: PixelSource
    package let location: String
    package let files: [ContentFile]
    /// Of all that was read of a server's, by name.
    package let versions: [SourceVersion]
    package let isFromCache: Bool
    package let transfer: TransferCounts
    /// Sources that were tried before, each with why it was not used.
    package let passedOver: [String]
    /// What a person should know of the planes: parts that are stored nowhere, values that no camera gives.
    package let notes: [String]
    /// The same of the images as a whole.
    package let generalNotes: [String]

    /// The file that was read in parts.
    private var movie: SourceVersion? { source == .cellH5 ? versions.first : nil }
    package var length: Int? { movie?.bytes }
    package var entityTag: String? { movie?.entityTag }
}

/// Reads planes of wells from the first source that has them. Every plane that a run uses comes from here.
package final class ImageReader: Sendable {
    /// What is asked of a well, once it is known how large its images are and what its channels are called.
    package typealias Choice = @Sendable (PlaneExtent, _ channelNames: [String]) throws -> [PlaneIndex]

    private let sources: [any ImageSource]
    private let cache: PlaneCache
    private let client: RemoteClient
    /// What planes are of which nothing is stored.
    private let emptyPlanes: EmptyPlanes
    /// How the study shows channels.
    private let rendering: [RenderSettings]
    /// Failures of each source, one after another, since it last answered.
    private let failures: Mutex<[String: Int]> = Mutex([:])
    /// A source that could not be reached so often is left out for the rest of the run where there is another one.
    private static let patience = 2

    /// The sources of `screen` in the order of `access`.
    package init(screen: ScreenCatalog, access: Access, network: Network) throws(IDRError) {
        sources = try ImageSources(screen: screen, access: access, network: network).all()
        client = network.client
        cache = PlaneCache(cache: network.cache, freshness: access.freshness ?? .cached)
        emptyPlanes = screen.tables.conventions.emptyPlanes ?? .missing
        rendering = screen.settings.rendering
    }

    /// The planes that `choose` asks for. Where no source has them and one cannot be reached any more, the network is waited for.
    /// - Throws: the best source's ``IDRError`` where no source has them; it names the others that were tried.
    package func read(_ well: WellAddress, _ choose: @escaping Choice) async throws -> ImageReading {
        let chooseByName: Choice = { [rendering] extent, names in
            try choose(extent, RenderSettings.named(names, by: rendering, plate: well.plate))
        }
        while true {
            do {
                var reading = try await readNow(well, chooseByName)
                reading.channelNames = RenderSettings.named(reading.channelNames, by: rendering, plate: well.plate)
                return reading
            } catch let error as IDRError where error.code == .unreachable {
                try await client.waitForNetwork(error)
                // What was left out may be back, too.
                failures.withLock { $0 = [:] }
            }
        }
    }

    private func readNow(_ well: WellAddress, _ choose: @escaping Choice) async throws -> ImageReading {
        let (usable, leftOut) = usableSources()
        var passedOver = leftOut.map { "\(Self.title($0)): left out, for it failed before" }
        var failure: IDRError?
        var (mayHaveIt, hasAnswer) = (false, false)
        // Where no other has it, those that failed before are asked all the same: what they have is not absent.
        for source in usable + leftOut {
            do {
                let reading = try await read(well, from: source, passedOver, choose)
                failures.withLock { $0[source.name] = 0 }
                return reading
            } catch let error as CancellationError {
                // Of this task, and nothing that a source has done.
                throw error
            } catch {
                var error = IDRError(error, "the images cannot be read")
                if source.isLocal { error = error.ofMirror(source.name) }
                // A frame that does not exist does not exist anywhere.
                if error.code == .invalidPlan { throw error }
                if [.transfer, .unreachable].contains(error.code) { failures.withLock { $0[source.name, default: 0] += 1 } }
                if error.isPassing { mayHaveIt = true } else { hasAnswer = true }
                passedOver.append("\(Self.title(source)): \([error.problem, error.reason].compactMap(\.self).joined(separator: ": "))")
                failure = Self.worse(failure, error)
            }
        }
        guard var error = failure else {
            throw IDRError(
                .invalidPlan, "no source of pixels is configured for this screen", fix: "name a mirror, or set \"sources\" in the configuration")
        }
        // What only places lack that could be reached may be at the one that could not.
        if error.code == .missing, leftOut.contains(where: { !$0.isOff }) { error.code = .transfer }
        if error.code == .invalidInput, mayHaveIt { error.code = .transfer }
        // A server that nobody ever heard of is no network that is gone, where another place says something of the image.
        if error.code == .unreachable, hasAnswer, !client.hasAnswered(error) { error.code = .transfer }
        if passedOver.count > 1 {
            error.reason = [error.reason, "tried: " + passedOver.joined(separator: "; ")].compactMap(\.self).joined(separator: "; ")
        }
        throw error
    }

    /// The sources, best first, for people.
    package var description: String { sources.map { "\($0.kind.rawValue) (\($0.name))" }.joined(separator: ", then ") }

    /// What records call a source.
    private static func title(_ source: any ImageSource) -> String {
        source.isLocal ? source.kind.rawValue : "\(source.kind.rawValue) (\(source.name))"
    }

    private func usableSources() -> (usable: [any ImageSource], leftOut: [any ImageSource]) {
        let failures = failures.withLock { $0 }
        let isGood = { (source: any ImageSource) in !source.isOff && (failures[source.name] ?? 0) < Self.patience }
        let good = sources.filter(isGood)
        return good.isEmpty ? (sources, []) : (good, sources.filter { !isGood($0) })
    }

    /// That an image is damaged says more than that another place lacks it; of a place that cannot be reached nobody knows.
    private static func worse(_ first: IDRError?, _ second: IDRError) -> IDRError {
        guard let first, second.code != .unreachable else { return second }
        return first.code == .missing && second.code != .missing ? second : first
    }

    /// Every plane that `choose` asks for, read where the cache does not have it.
    private func planes(of images: OpenedImages, _ well: WellAddress, from source: any ImageSource, _ choose: Choice) async throws
        -> ([PlaneIndex], [PlaneIndex: PlaneCache.Kept])
    {
        do {
            let indices = try choose(images.planes.extent, images.planes.channelNames)
            var planes = try await cache.current(indices, of: well, from: source, images)
            var missing: [PlaneIndex] = []
            for index in indices where planes[index] == nil && !missing.contains(index) { missing.append(index) }
            let read = try await images.planes.read(missing)
            for (index, (plane, gaps)) in zip(missing, zip(read.planes, read.gaps)) {
                planes[index] = PlaneCache.Kept(plane: plane, gaps: gaps, versions: try await images.origin?.versions(of: index) ?? [])
            }
            return (indices, planes)
        } catch let error as IDRError {
            throw error.at(images.location)
        }
    }

    private func checked(_ indices: [PlaneIndex], _ planes: [PlaneIndex: PlaneCache.Kept]) throws(IDRError) -> CheckedPlanes {
        let read = indices.compactMap { planes[$0] }
        return try CheckedPlanes(PlaneReading(read.map(\.plane), gaps: read.map(\.gaps)), indices, emptyPlanes)
    }

    private func read(_ well: WellAddress, from source: any ImageSource, _ passedOver: [String], _ choose: @escaping Choice) async throws
        -> ImageReading
    {
        let tally = TransferTally()
        if let known = try await cache.reading(of: well, from: source, choose) {
            let checked = try checked(known.indices, known.planes)
            return ImageReading(
                planes: checked.planes, extent: known.extent, channelNames: known.channelNames, source: known.kind, location: known.location,
                files: [], versions: PlaneCache.versions(known.planes.values), isFromCache: true, transfer: TransferCounts(),
                passedOver: passedOver, notes: checked.notes, generalNotes: known.notes)
        }
        if cache.freshness == .offline, source.cacheKey != nil {
            throw MetadataClient.notCached(["the planes of \(well.plate)/\(well.well) as \(source.kind.rawValue)"])
        }
        let images = try await source.open(well, for: choose, tally: tally)
        let (indices, planes) = try await self.planes(of: images, well, from: source, choose)
        let checked = try checked(indices, planes)
        let files = try await images.files()
        let reading = ImageReading(
            planes: checked.planes, extent: images.planes.extent, channelNames: images.planes.channelNames,
            source: images.kind, location: images.location, files: files.map(\.content),
            versions: files.compactMap(\.version) + PlaneCache.versions(planes.values),
            isFromCache: !source.isLocal && tally.counts.requests == 0,
            transfer: tally.counts,
            passedOver: passedOver, notes: checked.notes, generalNotes: images.notes)
        try await cache.store(planes, of: reading, well, from: source)
        return reading
    }
}
