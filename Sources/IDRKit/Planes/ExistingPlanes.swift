import IDRFormats
import IDRPlan
import IDRScreens
import Synchronization

/// Reads what a request needs of what exists. The illumination of an image is fitted along with others, of the movie or of the well; one of those that
/// does not exist is left out of the fit, so that it costs its own rows and no other's. What cannot be reached or is damaged is not left out: the fit
/// would be another one later.
struct ExistingPlanes {
    private let request: FrameRequest
    private let reader: ImageReader
    private let address: WellAddress

    init(_ request: FrameRequest, _ reader: ImageReader) {
        (self.request, self.reader) = (request, reader)
        address = WellAddress(plate: request.well.plate, well: request.well.well, number: request.well.wellNumber)
    }

    func fetched() async throws -> FetchedFrames {
        var lacking: [PlaneIndex: IDRError] = [:]
        while true {
            let wanted = Places()
            do {
                return try await together(without: lacking, wanted)
            } catch let error as IDRError where error.code == .missing {
                let places = wanted.all.subtracting(lacking.keys)
                guard places.count > 1 else { throw error }
                let found = try await absences(of: places, without: lacking)
                guard !found.isEmpty else {
                    // Each is somewhere, and no place has all.
                    throw IDRError(
                        .unavailable, "images that are corrected together are in different places", because: error.reason,
                        fix: "use a mirror or server that has all images of the well")
                }
                lacking.merge(found) { first, _ in first }
            }
        }
    }

    /// - Parameter wanted: gets the places that are asked for.
    private func together(without lacking: [PlaneIndex: IDRError], _ wanted: Places) async throws -> FetchedFrames {
        let reading = try await reader.read(address) { [request] extent, names in
            let choice = try PlaneChoice(request, extent: extent, channelNames: names, lacking: lacking)
            wanted.add(choice.places)
            return choice.indices
        }
        return try PlaneChoice(request, extent: reading.extent, channelNames: reading.channelNames, lacking: lacking).fetched(reading)
    }

    /// Those of `places` that do not exist, and why: each is asked for by itself.
    private func absences(of places: Set<PlaneIndex>, without lacking: [PlaneIndex: IDRError]) async throws -> [PlaneIndex: IDRError] {
        var absences: [PlaneIndex: IDRError] = [:]
        for place in places.sorted(by: { ($0.field, $0.frame) < ($1.field, $1.frame) }) {
            do {
                _ = try await reader.read(address) { [request] extent, names in
                    try PlaneChoice(request, extent: extent, channelNames: names, lacking: lacking).indices(at: place)
                }
            } catch let error as IDRError where error.code == .missing {
                absences[place] = error
            }
        }
        return absences
    }
}

/// Places that sources were asked for.
private final class Places: Sendable {
    private let state = Mutex<Set<PlaneIndex>>([])

    var all: Set<PlaneIndex> { state.withLock { $0 } }
    func add(_ places: [PlaneIndex]) { state.withLock { $0.formUnion(places) } }
}
