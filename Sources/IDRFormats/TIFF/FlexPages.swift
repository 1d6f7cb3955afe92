import IDRImaging
import IDRPlan

/// What an Opera's `.flex` file says of its pages, in the XML that its first page carries in tag 65200.
///
/// `Array` elements, one a page in the file's order, have the channel's `Name` ("Exp1Cam1", or with the field before it: "2_Exp1Cam1") and the
/// `Factor` by which the page's grey values were divided; `Image` elements have the page as `BufferNo` from 0, with its field (`Sublayout`) and
/// slice (`Stack`). Where these leave several pages of one place, the `Field` and `Plane` elements say how many fields and slices there are: fields
/// change slowest, then times, then slices, as Bio-Formats takes them. What does not add up is refused.
struct FlexPages: Sendable, Equatable {
    /// In the order in which the pages name them first.
    let channelNames: [String]
    let fields: Int
    let frames: Int
    let slices: Int
    /// The page from 0 of each plane, `[field][frame][channel][z]`; nil where the file has none.
    private(set) var places: [Int?]
    /// By page; nil where no page has one.
    let factors: [Double]?

    /// 255 times this is the largest 16-bit number.
    private static let largestFactor = 257.0

    /// Whether a text in the tag is such XML, whole or not.
    static func are(in text: String) -> Bool { text.contains("<Array") || text.contains("<FLEX") }

    /// - Parameter count: how many pages the file has.
    init(_ text: String, pages count: Int) throws(XMLRefusal) {
        let root = try XMLTree.document(Self.cleaned(text))
        let arrays = root.descendants("Array")
        guard arrays.count == count, count > 0 else { throw XMLRefusal(reason: "it describes \(arrays.count) pages, and the file has \(count)") }
        factors = try Self.factors(arrays)
        let names = arrays.map { FlexName($0.attributes["Name"] ?? "") }
        channelNames =
            names.reduce(into: ([String](), Set<String>())) { known, name in
                if known.1.insert(name.channel).inserted { known.0.append(name.channel) }
            }.0
        let order = Dictionary(channelNames.enumerated().map { ($1, $0) }) { first, _ in first }
        let images = try Self.images(root, count)
        let (layout, stack) = (Self.numbers("Field", root), Self.numbers("Plane", root))
        let field = try Self.fields(names, images, of: layout)
        let slice = Self.ranks(images.map { $0.flatMap { Self.number($0["Stack"]?.text) } }, among: stack)
        let keys = names.indices.map { page in
            Place(field: field?[page] ?? 0, channel: order[names[page].channel] ?? 0, slice: slice?[page] ?? 0)
        }
        let rest = try Repeats(of: keys, fields: max(1, layout.count), slices: max(1, stack.count))
        fields = ((keys.map(\.field).max() ?? 0) + 1) * rest.fields
        slices = ((keys.map(\.slice).max() ?? 0) + 1) * rest.slices
        frames = rest.frames
        places = []
        try place(keys, rest, limit: max(4 * count, 4096))
    }

    private mutating func place(_ keys: [Place], _ rest: Repeats, limit: Int) throws(XMLRefusal) {
        var total = 1
        for length in [fields, frames, channelNames.count, slices] {
            total *= length
            // None is more than 2^20 or the number of pages, so this cannot overflow.
            guard total <= limit else { throw XMLRefusal(reason: "its \(keys.count) pages are a few of \(total) planes or more") }
        }
        places = Array(repeating: nil, count: total)
        var seen: [Place: Int] = [:]
        for (page, key) in keys.enumerated() {
            let number = seen[key, default: 0]
            seen[key] = number + 1
            let (field, frame, slice) = rest.split(number)
            let at = (key.field * rest.fields + field, frame, key.channel, key.slice * rest.slices + slice)
            places[((at.0 * frames + at.1) * channelNames.count + at.2) * slices + at.3] = page
        }
    }

    /// What the XML says of one page, all from 0.
    fileprivate struct Place: Hashable {
        let field: Int
        let channel: Int
        let slice: Int
    }

    /// Some files have a character or two behind the last element, and characters that XML may not have.
    private static func cleaned(_ text: String) -> [UInt8] {
        var bytes = text.utf8.map { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D ? 0x20 : $0 }
        while let last = bytes.last, last == 0x20 || last == UInt8(ascii: "%") || last == 0x0A || last == 0x0D { bytes.removeLast() }
        if bytes.suffix(2) == Array(">>".utf8) { bytes.removeLast() }
        return bytes
    }

    private static func factors(_ arrays: [XMLTree]) throws(XMLRefusal) -> [Double]? {
        guard arrays.contains(where: { $0.attributes["Factor"] != nil }) else { return nil }
        var factors: [Double] = []
        for (page, array) in arrays.enumerated() {
            let text = array.attributes["Factor"] ?? "1"
            guard let factor = Double(text), factor >= 1, factor <= largestFactor else {
                let shown = text.prefix(40).debugDescription
                throw XMLRefusal(reason: "the factor of page \(page + 1) is \(shown), and those from 1 to \(Int(largestFactor)) are read")
            }
            factors.append(factor)
        }
        return factors
    }

    /// The `Image` elements by page.
    private static func images(_ root: XMLTree, _ count: Int) throws(XMLRefusal) -> [XMLTree?] {
        var images: [XMLTree?] = Array(repeating: nil, count: count)
        for image in root.descendants("Image") {
            guard let text = image.attributes["BufferNo"] else { continue }
            guard let page = number(text), page < count else {
                throw XMLRefusal(reason: "an Image is in buffer \(text.prefix(40).debugDescription), and the file has \(count) pages")
            }
            guard images[page] == nil else { throw XMLRefusal(reason: "two Image elements are in buffer \(page)") }
            images[page] = image
        }
        return images
    }

    /// Fields of the pages, from 0: as the channels' names or the images say; nil where neither does.
    private static func fields(_ names: [FlexName], _ images: [XMLTree?], of layout: [Int]) throws(XMLRefusal) -> [Int]? {
        let named = ranks(names.map(\.field), among: layout)
        let laid = ranks(images.map { $0.flatMap { number($0["Sublayout"]?.text) } }, among: layout)
        if let named, let laid, Set(laid).count > 1, let page = named.indices.first(where: { named[$0] != laid[$0] }) {
            throw XMLRefusal(reason: "the name of page \(page + 1) and its image are of different fields")
        }
        return named ?? laid
    }

    /// The places of numbers, from 0, among `all`, so that one which is missing shifts no other; among themselves where they are not of them, or
    /// all the same, as where each file has a field. nil where a number is missing.
    private static func ranks(_ numbers: [Int?], among all: [Int]) -> [Int]? {
        let known = numbers.compactMap(\.self)
        guard known.count == numbers.count else { return nil }
        let distinct = Set(known)
        let order = distinct.count > 1 && distinct.isSubset(of: all) ? all : distinct.sorted()
        let ranks = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset) })
        return known.map { ranks[$0] ?? 0 }
    }

    /// The different numbers that elements of that name have, sorted.
    private static func numbers(_ name: String, _ root: XMLTree) -> [Int] {
        Set(root.descendants(name).compactMap { number($0.attributes["No"]) }).sorted()
    }

    fileprivate static func number(_ text: String?) -> Int? { text.flatMap { Int($0) }.flatMap { (0...1 << 20).contains($0) ? $0 : nil } }
}

extension FlexPages {
    /// The file's images, by field.
    func images(of file: TIFFFile) throws(IDRError) -> [TIFFImage] {
        let (stored, first, size) = (try file.stored, file.directories[file.pages[0]], frames * channelNames.count * slices)
        return (0..<fields).map { field in
            TIFFImage(
                name: "", frames: frames, channels: channelNames.count, slices: slices, height: first.height, width: first.width, stored: stored,
                channelNames: channelNames, files: [file.path],
                pages: places[field * size..<(field + 1) * size].map { page in page.map { TIFFImage.Page(file: 0, directory: file.pages[$0]) } })
        }
    }

    /// A page's plane with the microscope's grey values. Those of 8 bits are 16-bit ones divided by the factor; they come as such in all files, so
    /// that images of a plate are of one type. Fractions are dropped, as Bio-Formats does.
    static func scaled(_ plane: PixelPlane, by factor: Double) -> PixelPlane {
        guard case .uint8(let plane) = plane else { return plane }
        let values = (0...255).map { UInt16(clamping: Int(Double($0) * factor)) }
        return .uint16(plane.map { values[Int($0)] })
    }
}

/// The name of a page: "Exp1Cam1", "2_Exp1Cam1".
private struct FlexName {
    let channel: String
    /// As the number stands there.
    let field: Int?

    init(_ text: String) {
        let parts = text.split { $0 == "_" || $0 == ":" }
        let number = parts.count > 1 ? FlexPages.number(String(parts[0])) : nil
        field = number
        channel = number == nil ? text : String(text[parts[1].startIndex...])
    }
}

/// What several pages of one place are.
private struct Repeats {
    let fields: Int
    let frames: Int
    let slices: Int

    /// - Parameters:
    ///   - fields: how many the file's layout has.
    ///   - slices: how many a stack has.
    init(of keys: [FlexPages.Place], fields: Int, slices: Int) throws(XMLRefusal) {
        let counts = Set(Dictionary(keys.map { ($0, 1) }, uniquingKeysWith: +).values)
        guard let count = counts.first, counts.count == 1 else {
            throw XMLRefusal(reason: "some channels have \(counts.max() ?? 0) pages, and others \(counts.min() ?? 0)")
        }
        // What the pages say themselves is not asked for again.
        let (fields, slices) = (keys.contains { $0.field > 0 } ? 1 : fields, keys.contains { $0.slice > 0 } ? 1 : slices)
        if count == 1 {
            (self.fields, frames, self.slices) = (1, 1, 1)
            return
        }
        guard count % (fields * slices) == 0 else {
            throw XMLRefusal(
                reason: "it has \(count) pages a channel, and its layout \(fields.counted("field", "fields")) of \(slices.counted("slice", "slices"))"
            )
        }
        (self.fields, frames, self.slices) = (fields, count / (fields * slices), slices)
    }

    /// What the page is that is the place's with that number, from 0.
    func split(_ number: Int) -> (field: Int, frame: Int, slice: Int) {
        (number / (frames * slices), number / slices % frames, number % slices)
    }
}
