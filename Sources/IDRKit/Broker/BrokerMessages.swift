import Foundation
import IDRFiles
package import IDRFormats
package import IDRPlan
package import IDRRecord

/// What a script in the sandbox may ask. It names images by numbers of a plan that the broker has resolved: nothing else can be said.
package struct BrokerQuestion: Codable, Sendable {
    package enum Kind: Codable, Sendable {
        /// - Parameters:
        ///   - isRepeated: whether this is the recorded run that the script was started to repeat.
        ///   - hasAccess: whether the script names places of its own for tables and images, which do not count here.
        case resolve(Plan, isRepeated: Bool, hasAccess: Bool = false)
        /// One field of one well: the well's position in the resolved plan, and a field of that plan.
        case fetch(run: String, well: Int, field: Int)
        /// A well that may give a plate's diameter: a plate of the resolved plan, and the well's number among that plate's candidates.
        case candidate(run: String, plate: String, number: Int)
    }

    package var id: Int
    package var kind: Kind

    package init(id: Int, kind: Kind) {
        self.id = id
        self.kind = kind
    }
}

/// What the broker answers. A resolved plan and planes are in the message's raw part.
package struct BrokerAnswer: Codable, Sendable {
    package enum Kind: Codable, Sendable {
        case failure(IDRError)
        case resolved(ResolvedFacts)
        case frames(FramesFacts)
    }

    package var id: Int
    package var kind: Kind

    package init(id: Int, kind: Kind) {
        self.id = id
        self.kind = kind
    }

    /// The message. Who asked waits for it: an answer that cannot be written, or is longer than the other side reads, becomes one that says so.
    /// - Throws: where not even that can be written.
    package func frame(payload: [UInt8], limits: BrokerSocket.Limits = .answers) throws -> BrokerFrame {
        do {
            let json = try JSONEncoder().encode(self)
            guard json.count <= limits.json, payload.count <= limits.payload else {
                throw IDRError(.refused, "the broker's answer is too long", because: "it has \(json.count) and \(payload.count) bytes")
            }
            return BrokerFrame(json: json, payload: payload)
        } catch {
            let error = IDRError(error, "the broker's answer cannot be written", otherwise: .system)
            return BrokerFrame(json: try JSONEncoder().encode(BrokerAnswer(id: id, kind: .failure(error))))
        }
    }
}

/// A ``Resolution`` without its plan, as the sandbox sees it.
package struct ResolvedFacts: Codable, Sendable {
    package var catalog: [CatalogRecord]
    package var pixels: String
    /// By role; paths inside the sandbox.
    package var modelPaths: [String: String]
    package var configuration: DeepProfilerConfig?
    package var warnings: [String]
    package var author: Author?
    /// Wells that may give a plate's diameter, by plate.
    package var candidates: [String: [WellReference]]

    package init(
        catalog: [CatalogRecord], pixels: String, modelPaths: [String: String], configuration: DeepProfilerConfig?, warnings: [String],
        author: Author?, candidates: [String: [WellReference]] = [:]
    ) {
        self.candidates = candidates
        (self.catalog, self.pixels, self.modelPaths) = (catalog, pixels, modelPaths)
        (self.configuration, self.warnings, self.author) = (configuration, warnings, author)
    }
}

/// ``FetchedFrames`` without pixels, which follow in this order.
package struct FramesFacts: Codable, Sendable {
    package struct Shape: Codable, Sendable {
        package var type: PixelType
        package var height: Int
        package var width: Int

        package init(type: PixelType, height: Int, width: Int) { (self.type, self.height, self.width) = (type, height, width) }
    }

    package struct Channel: Codable, Sendable {
        package var number: Int
        package var planes: [Shape]
        package var kept: [Int]
    }

    /// In the order of reading.
    package var channels: [Channel]
    package var roles: ImageChannels
    package var input: InputRecord
    package var frames: [Int]
    package var absence: IDRError?
}

extension FramesFacts {
    package init(_ frames: FetchedFrames) {
        channels = frames.all.map { channel in
            Channel(
                number: channel.number,
                planes: channel.planes.map { Shape(type: $0.pixelType, height: $0.height, width: $0.width) }, kept: channel.kept)
        }
        (roles, input) = (frames.channels, frames.input)
        (self.frames, absence) = (frames.frames, frames.absence)
    }

    /// The frames with their pixels.
    /// - Throws: `refused` where facts and pixels do not fit together.
    package func frames(_ pixels: [UInt8]) throws(IDRError) -> FetchedFrames {
        var position = 0
        var fetched: [FetchedChannel] = []
        for channel in channels {
            var planes: [PixelPlane] = []
            for shape in channel.planes {
                let (count, isTooLarge) = shape.height.multipliedReportingOverflow(by: shape.width)
                let (length, isTooLong) = count.multipliedReportingOverflow(by: shape.type.bytes)
                guard shape.height >= 0, shape.width >= 0, !isTooLarge, !isTooLong, length <= pixels.count - position else {
                    throw BrokerSocket.broken("planes and their sizes do not fit together")
                }
                planes.append(PixelPlane(shape.type, height: shape.height, width: shape.width, bytes: pixels[position..<position + length]))
                position += length
            }
            guard channel.kept.allSatisfy(planes.indices.contains) else { throw BrokerSocket.broken("it names planes that are not there") }
            fetched.append(FetchedChannel(number: channel.number, planes: planes, kept: channel.kept))
        }
        let numbers = Set(fetched.map(\.number))
        guard position == pixels.count, numbers.count == fetched.count, numbers == Set(roles.all) else {
            throw BrokerSocket.broken("planes and their sizes do not fit together")
        }
        return try FetchedFrames(fetched, channels: roles, input: input, frames: frames, absence: absence)
    }
}

extension FetchedFrames {
    /// All planes, one after another.
    package func pixels() throws(IDRError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(all.reduce(0) { $0 + $1.planes.reduce(0) { $0 + $1.height * $1.width * $1.pixelType.bytes } })
        for plane in all.flatMap(\.planes) { try plane.withPixelBytes { bytes.append(contentsOf: $0) } }
        return bytes
    }
}
