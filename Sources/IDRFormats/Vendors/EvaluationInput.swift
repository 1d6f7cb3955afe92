import IDRPlan

/// The XML of PerkinElmer's indices ("EvaluationInputData"), which Harmony and Columbus share.
struct EvaluationInput {
    struct Image {
        var url = ""
        /// The page of the file from 0, where it says one.
        var buffer: Int?
        /// From 1.
        var row = 0
        var column = 0
        /// As the numbers stand in the file.
        var index = PlaneIndex(frame: 0)
    }

    fileprivate(set) var rows: Int?
    fileprivate(set) var columns: Int?
    fileprivate(set) var channelNames: [Int: String] = [:]
    fileprivate(set) var images: [Image] = []
    /// How many images have no file.
    fileprivate(set) var unrecorded = 0

    init(_ bytes: [UInt8], called file: String) throws(IDRError) {
        var reader = EvaluationInputReader()
        do throws(XMLRefusal) {
            try XMLEvents.read(bytes, limit: IndexFiles.limit, to: &reader)
            guard reader.isKnown else { throw XMLRefusal(reason: "it has no EvaluationInputData element") }
        } catch {
            throw PlateIndexFormats.error(file, error.reason)
        }
        self = reader.document
    }

    fileprivate init() {}
}

private struct EvaluationInputReader: XMLHandler {
    private(set) var document = EvaluationInput()
    private(set) var isKnown = false
    /// The image that is being read.
    private var image: EvaluationInput.Image?
    private var imageDepth = 0
    private var depth = 0
    private var channelName: String?
    /// Of an entry of a map, which is of a channel.
    private var entry: Int?

    private static let mostImages = 1 << 22

    mutating func start(_ element: XMLElementStart) throws(XMLRefusal) {
        depth = element.depth
        switch element.name {
        case "EvaluationInputData": isKnown = true
        case "Image" where image == nil && element.depth > 2:
            // Entries of "Wells" are called Image too, and hold nothing.
            (image, imageDepth, channelName) = (EvaluationInput.Image(), element.depth, nil)
        case "URL" where image != nil: image?.buffer = try element.number("BufferNo")
        case "Entry" where image == nil: entry = try element.number("ChannelID")
        default: break
        }
    }

    mutating func end(_ name: String, text: String) throws(XMLRefusal) {
        defer { depth -= 1 }
        switch name {
        case "PlateRows": document.rows = try Self.number(name, text)
        case "PlateColumns": document.columns = try Self.number(name, text)
        case "ChannelName" where image != nil: channelName = text
        case "ChannelName": if let entry { document.channelNames[entry] = text }
        case "Entry": entry = nil
        case "Image" where image != nil && depth == imageDepth: try finish()
        case "URL" where image != nil: image?.url = text
        case "Row" where image != nil: image?.row = try Self.number(name, text)
        case "Col" where image != nil: image?.column = try Self.number(name, text)
        case "FieldID" where image != nil: image?.index.field = try Self.number(name, text)
        case "PlaneID" where image != nil: image?.index.z = try Self.number(name, text)
        case "TimepointID" where image != nil: image?.index.frame = try Self.number(name, text)
        case "ChannelID" where image != nil: image?.index.channel = try Self.number(name, text)
        default: break
        }
    }

    private mutating func finish() throws(XMLRefusal) {
        guard let image else { return }
        self.image = nil
        guard image.row > 0, image.column > 0 else {
            // An image element of the list of wells has an id and nothing else.
            if image.url.isEmpty, image.row == 0 { return }
            throw XMLRefusal(reason: "an Image is of row \(image.row) and column \(image.column), counted from 1")
        }
        if let channelName, document.channelNames[image.index.channel] == nil { document.channelNames[image.index.channel] = channelName }
        if image.url.isEmpty {
            document.unrecorded += 1
            return
        }
        guard document.images.count < Self.mostImages else { throw XMLRefusal(reason: "it has more than \(Self.mostImages) images") }
        document.images.append(image)
    }

    private static func number(_ name: String, _ text: String) throws(XMLRefusal) -> Int {
        guard let number = Int(text), (0...Int(Int32.max)).contains(number) else {
            throw XMLRefusal(reason: "\(name) is \(text.prefix(40).debugDescription) and not a whole number from 0")
        }
        return number
    }
}
