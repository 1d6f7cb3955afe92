/// What OME-XML (the OME data model, 2008 on) says about where planes are: images, their sizes and pages, and the wells they are of.
struct OMEDocument: Sendable {
    /// The document's own identity, "urn:uuid:...".
    var uuid: String?
    /// Where the metadata are, in a file that only holds pixels.
    var metadataFile: String?
    var images: [Image] = []
    var plates: [Plate] = []

    struct Image: Sendable {
        var id: String
        var name: String
        var pixels: Pixels?
    }

    struct Pixels: Sendable {
        /// "XYZCT" and so on: the third letter's axis changes fastest from plane to plane.
        var order: String
        /// "uint8", "float", ...
        var type: String
        var width: Int
        var height: Int
        var slices: Int
        var channels: Int
        var frames: Int
        /// Names of those that have one, in the document's order.
        var channelNames: [String?] = []
        /// The largest number of values that a channel has for one pixel.
        var samples = 1
        var blocks: [Block] = []
    }

    /// A TiffData element: where a run of planes lies.
    struct Block: Sendable {
        /// From 0; nil where it is not said.
        var directory: Int?
        /// From 0.
        var slice: Int
        var channel: Int
        var frame: Int
        /// How many planes; nil where it is not said.
        var count: Int?
        var uuid: String?
        var fileName: String?
    }

    struct Plate: Sendable {
        var id: String
        var name: String
        var wells: [Well] = []
    }

    struct Well: Sendable {
        /// From 0.
        var row: Int
        var column: Int
        /// Fields of the well: the image's ID, by its place in the well.
        var samples: [(index: Int, image: String?)] = []
    }
}
