/// A small torch file, written in either format without torch.
struct TorchSample {
    struct Storage {
        var key: String
        /// For example `FloatStorage`.
        var type: String
        var count: Int
        var bytes: [UInt8]
    }

    struct Tensor {
        var name: String
        var storage: String
        var offset = 0
        var shape: [Int]
        var strides: [Int]
        var isParameter = false
    }

    var storages: [Storage]
    var tensors: [Tensor]
    var byteOrder: String?
    var root = "archive"

    /// One float storage and tensors that look into it.
    static func floats(_ values: [Float], _ tensors: [Tensor]) -> TorchSample {
        TorchSample(
            storages: [Storage(key: "0", type: "FloatStorage", count: values.count, bytes: ImportSupport.littleEndian(values))], tensors: tensors)
    }

    func stateDict(isLegacy: Bool = false) -> [UInt8] {
        PickleWriter.pickle { writer in
            writer.call("collections", "OrderedDict") { _ in }
            writer.raw("(")
            for tensor in tensors {
                writer.text(tensor.name)
                write(tensor, isLegacy: isLegacy, to: &writer)
            }
            writer.raw("u")
            // The attribute that torch adds to its dictionaries.
            writer.raw("}")
            writer.text("_metadata")
            writer.raw("}sb")
        }
    }

    private func write(_ tensor: Tensor, isLegacy: Bool, to writer: inout PickleWriter) {
        let parameter = tensor.isParameter
        if parameter {
            writer.global("torch._utils", "_rebuild_parameter")
            writer.raw("(")
        }
        writer.call("torch._utils", "_rebuild_tensor_v2") { writer in
            let storage = storages.first { $0.key == tensor.storage }
            writer.tuple { writer in
                writer.text("storage")
                writer.global("torch", storage?.type ?? "FloatStorage")
                writer.text(tensor.storage)
                writer.text("cpu")
                writer.int(storage?.count ?? 1)
                if isLegacy { writer.raw("N") }
            }
            writer.raw("Q")
            writer.int(tensor.offset)
            writer.ints(tensor.shape)
            writer.ints(tensor.strides)
            writer.raw([0x89])
            writer.call("collections", "OrderedDict") { _ in }
        }
        if parameter {
            writer.raw([0x88])
            writer.call("collections", "OrderedDict") { _ in }
            writer.raw("tR")
        }
    }

    func zip() -> [UInt8] {
        var zip = ZipWriter()
        zip.add("\(root)/data.pkl", stateDict())
        if let byteOrder { zip.add("\(root)/byteorder", Array(byteOrder.utf8)) }
        for storage in storages { zip.add("\(root)/data/\(storage.key)", storage.bytes) }
        zip.add("\(root)/version", Array("3\n".utf8))
        return zip.finish()
    }

    func legacy() -> [UInt8] {
        var file = PickleWriter.pickle { $0.raw([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]) }
        file += PickleWriter.pickle { $0.int(1001) }
        file += PickleWriter.pickle { $0.raw("}") }
        file += stateDict(isLegacy: true)
        file += PickleWriter.pickle { writer in
            writer.raw("](")
            for storage in storages { writer.text(storage.key) }
            writer.raw("e")
        }
        for storage in storages { file += ImportSupport.littleEndian([Int64(storage.count)]) + storage.bytes }
        return file
    }
}
