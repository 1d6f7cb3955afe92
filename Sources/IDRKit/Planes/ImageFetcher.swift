import IDRFormats
import IDRImaging
package import IDRPlan
import IDRRecord
package import IDRScreens

/// Reads a request's planes from the screen's sources.
package struct ImageFetcher: FrameFetcher {
    private let reader: ImageReader

    package init(reader: ImageReader) { self.reader = reader }

    package func fetch(_ request: FrameRequest) async throws -> FetchedFrames {
        let well = request.well
        do {
            return try await ExistingPlanes(request, reader).fetched()
        } catch let error as IDRError {
            throw error.at("plate \(well.plate)", "well \(well.well)")
        }
    }
}

/// Which planes of a well answer a request.
package struct PlaneChoice {
    private let channels: ImageChannels
    /// Of one channel.
    private let stack: [PlaneIndex]
    private let kept: [Int]
    /// The wanted frames that exist.
    package let frames: [Int]
    /// Why the others do not.
    package let absence: IDRError?
    /// Where, of what is fitted together, no image exists.
    private let leftOut: [PlaneIndex]

    /// - Parameter lacking: where no image exists within the extent, in the first channel, and why.
    /// - Throws: an ``IDRError`` where the images have no such channel or slice.
    package init(
        _ request: FrameRequest, extent: PlaneExtent, channelNames: [String], lacking: [PlaneIndex: IDRError] = [:]
    ) throws(IDRError) {
        let labels = ChannelLabels(names: channelNames, labels: request.channelLabels)
        channels = try ImageChannels(request.channels) { channel throws(IDRError) in
            try labels.number(of: channel)
        } name: {
            labels.title(of: $0)
        }
        var request = request
        let wanted = request.frames
        let reasons = wanted.map { frame in
            let index = PlaneIndex(field: request.field, frame: frame, z: request.slice)
            return lacking[index] ?? Self.absence(of: index, in: extent)
        }
        absence = reasons.lazy.compactMap(\.self).first
        request.frames = zip(wanted, reasons).filter { $0.1 == nil }.map(\.0)
        frames = request.frames
        guard !frames.isEmpty else {
            (stack, kept, leftOut) = ([], [], [])
            return
        }
        let (all, own) = try Self.stack(request, extent)
        for index in all { try extent.check(index) }
        // What exists is fitted without what does not.
        let existing = all.filter { lacking[$0] == nil }
        stack = existing
        leftOut = all.filter { lacking[$0] != nil }
        kept = own.compactMap { existing.firstIndex(of: all[$0]) }
    }

    /// Where the images are that are fitted together, in the first channel.
    var places: [PlaneIndex] { stack }

    /// Every channel of one place.
    func indices(at place: PlaneIndex) -> [PlaneIndex] { indices.filter { ($0.field, $0.frame, $0.z) == (place.field, place.frame, place.z) } }

    /// What is to be said of the fit.
    private var notes: [String] {
        guard !leftOut.isEmpty else { return [] }
        let places = leftOut.prefix(8).map { "field \($0.field), frame \($0.frame)" }
        return [
            "the illumination was fitted without images that do not exist: \(places.joined(separator: "; "))"
                + (leftOut.count > 8 ? " and \(leftOut.count - 8) more" : "")
        ]
    }

    /// Why the images do not go as far as `index`; nil where they do.
    private static func absence(of index: PlaneIndex, in extent: PlaneExtent) -> IDRError? {
        do throws(IDRError) {
            _ = try BaSiC.contextFrames(frame: index.frame, count: extent.frames)
            try extent.check(index)
            return nil
        } catch {
            var error = error
            error.code = .missing
            return error
        }
    }

    /// Every plane to read, channel after channel.
    package var indices: [PlaneIndex] {
        channels.read.flatMap { channel in
            stack.map { index in
                var index = index
                index.channel = channel
                return index
            }
        }
    }

    /// The wanted frames, with the images that BaSiC needs beside them: the published rule's neighbours in time. Where there is no time,
    /// these are the well's other fields, for illumination is the microscope's and not the field's.
    private static func stack(_ request: FrameRequest, _ extent: PlaneExtent) throws(IDRError) -> ([PlaneIndex], kept: [Int]) {
        // The rule also says which frames exist, so it is asked in any case.
        let context = try BaSiC.contextFrames(frames: request.frames, count: extent.frames, isCompat: request.isCompat)
        func index(_ frame: Int, _ field: Int) -> PlaneIndex { PlaneIndex(field: field, frame: frame, z: request.slice) }
        guard request.withContext else { return (request.frames.map { index($0, request.field) }, Array(request.frames.indices)) }
        if extent.frames == 1, extent.fields > 1, request.field <= extent.fields {
            return ((1...extent.fields).map { index(1, $0) }, [request.field - 1])
        }
        return (context.frames.map { index($0, request.field) }, context.kept)
    }

    /// - Throws: of code `missing` where no wanted frame exists.
    func fetched(_ reading: ImageReading) throws(IDRError) -> FetchedFrames {
        if frames.isEmpty, let absence { throw absence.at(reading.location) }
        var digests: [PlaneDigest] = []
        for (plane, index) in zip(reading.planes, indices) { digests.append(try PlaneDigest(plane, index: index)) }
        let said = reading.generalNotes + notes + reading.notes
        let input = InputRecord(
            source: reading.source.rawValue, location: reading.location, files: reading.files, length: reading.length, entityTag: reading.entityTag,
            versions: reading.versions.isEmpty ? nil : reading.versions, planes: digests, isFromCache: reading.isFromCache,
            transfer: reading.transfer, passedOver: reading.passedOver, notes: said.isEmpty ? nil : said)
        let stacks = channels.read.enumerated().map { position, number in
            let start = position * stack.count
            return FetchedChannel(number: number, planes: Array(reading.planes[start..<start + stack.count]), kept: kept)
        }
        return try FetchedFrames(stacks, channels: channels, input: input, frames: frames, absence: absence?.at(reading.location))
    }
}
