/// An element of a small XML document with all that is in it. Large ones are read by an ``XMLHandler`` of their own.
package struct XMLTree: Sendable {
    /// Without a namespace's prefix.
    package let name: String
    package let attributes: [String: String]
    /// What stands directly in it, without blanks at its ends.
    package fileprivate(set) var text = ""
    package fileprivate(set) var children: [XMLTree] = []

    /// The first element of the document in `bytes`.
    package static func document(_ bytes: some Sequence<UInt8>, limit: Int = XMLEvents.limit) throws(XMLRefusal) -> XMLTree {
        var builder = XMLTreeBuilder()
        try XMLEvents.read(bytes, limit: limit, to: &builder)
        guard let root = builder.root else { throw XMLRefusal(reason: "it has no element") }
        return root
    }

    /// The first child of that name.
    package subscript(_ name: String) -> XMLTree? { children.first { $0.name == name } }

    package func all(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

    /// All elements of that name within, at any depth, in the document's order; those in one of them are not looked for.
    package func descendants(_ name: String) -> [XMLTree] {
        children.flatMap { $0.name == name ? [$0] : $0.descendants(name) }
    }
}

private struct XMLTreeBuilder: XMLHandler {
    /// Documents of more elements than this are not held in memory.
    private static let mostElements = 1 << 21
    private var open: [XMLTree] = []
    private var count = 0
    private(set) var root: XMLTree?

    mutating func start(_ element: XMLElementStart) throws(XMLRefusal) {
        count += 1
        guard count <= Self.mostElements else { throw XMLRefusal(reason: "it has more than \(Self.mostElements) elements") }
        open.append(XMLTree(name: element.name, attributes: element.values))
    }

    mutating func end(_ name: String, text: String) {
        guard var node = open.popLast() else { return }
        node.text = text
        if open.isEmpty { root = node } else { open[open.count - 1].children.append(node) }
    }
}
