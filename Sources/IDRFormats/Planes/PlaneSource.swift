package import IDRPlan

/// The reader contract that every format serves: the images of one well, read plane by plane.
package protocol PlaneSource: Sendable {
    var extent: PlaneExtent { get }
    var pixelType: PixelType { get }
    /// One name per channel, in the file's order.
    var channelNames: [String] { get }

    /// Reads planes, in the order of `indices`, and no more of the files than they take.
    /// - Throws: ``IDRError`` where a plane does not exist or cannot be decoded.
    func planes(_ indices: [PlaneIndex]) async throws -> [PixelPlane]

    /// The same planes, with what of them is stored nowhere.
    func read(_ indices: [PlaneIndex]) async throws -> PlaneReading
}

/// Planes that are made of objects which change each on its own.
package protocol ObjectPlanes: PlaneSource {
    /// The keys of the objects that say what the pixels of the plane `index` are.
    func objects(of index: PlaneIndex) async throws -> [String]
}

extension PlaneSource {
    package func read(_ indices: [PlaneIndex]) async throws -> PlaneReading { PlaneReading(try await planes(indices)) }

    /// Reads one plane.
    package func plane(_ index: PlaneIndex) async throws -> PixelPlane {
        guard let plane = try await planes([index]).first else { throw IDRError(.invalidInput, "no plane was read") }
        return plane
    }

    /// The number, from 1, of the channel called `name`; letter case does not count.
    package func channel(named name: String) throws(IDRError) -> Int {
        if let index = channelNames.firstIndex(where: { $0.lowercased() == name.lowercased() }) { return index + 1 }
        throw IDRError(
            .missing, "there is no channel \"\(name)\"", because: "the channels are \(channelNames.map { "\"\($0)\"" }.joined(separator: ", "))")
    }
}
