/// An element of XML as it begins: its name and its attributes, without a namespace's prefix.
package struct XMLElementStart {
    package let name: String
    /// 1 for the first element of the document.
    package let depth: Int
    package let values: [String: String]

    /// - Parameter attributes: by name, with the prefixes that Foundation leaves on them.
    init(name: String, depth: Int, attributes: [String: String]) {
        (self.name, self.depth) = (name, depth)
        guard attributes.keys.contains(where: { $0.utf8.contains(UInt8(ascii: ":")) }) else {
            values = attributes
            return
        }
        // One without a prefix counts before another of its name.
        let plain = attributes.sorted { $0.key < $1.key }.map { (String($0.key.split(separator: ":").last ?? ""), $0.value) }
        values = Dictionary(plain) { first, _ in first }.merging(attributes) { _, own in own }
    }

    package subscript(_ name: String) -> String? { values[name] }

    package func required(_ name: String) throws(XMLRefusal) -> String {
        guard let value = values[name] else { throw XMLRefusal(reason: "\(self.name) has no \(name)") }
        return value
    }

    /// A whole number from 0; nil where the attribute is not there.
    package func number(_ name: String) throws(XMLRefusal) -> Int? {
        guard let text = values[name] else { return nil }
        guard let value = Int(text), value >= 0, value <= Int(Int32.max) else {
            let shown = text.prefix(40).debugDescription
            throw XMLRefusal(reason: "\(name) of \(self.name) is \(shown) and not a whole number from 0 to \(Int32.max)")
        }
        return value
    }

    /// A whole number that must be there.
    package func size(_ name: String) throws(XMLRefusal) -> Int {
        guard let value = try number(name) else { throw XMLRefusal(reason: "\(self.name) has no \(name)") }
        return value
    }
}
