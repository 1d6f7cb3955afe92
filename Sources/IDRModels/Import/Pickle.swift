/// The Python names a pickle may mention here. They are only recognised, never looked up or called: there is no Python.
package enum PickleGlobal: Sendable, Hashable {
    /// `torch._utils._rebuild_tensor_v2`
    case rebuildTensor
    /// `torch._utils._rebuild_parameter`
    case rebuildParameter
    /// `torch.FloatStorage` and its relatives
    case storage(NumberType)
    case orderedDict
    /// `numpy.core.multiarray._reconstruct`, which begins an array
    case arrayReconstruct
    /// `numpy.core.multiarray.scalar`
    case arrayScalar
    case ndarray
    case dtype
    /// `_codecs.encode`, as Python 3 writes bytes for older readers
    case encode

    init?(module: String, name: String) {
        switch (module, name) {
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("collections", "OrderedDict"): self = .orderedDict
        case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"): self = .arrayReconstruct
        case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"): self = .arrayScalar
        case ("numpy", "ndarray"): self = .ndarray
        case ("numpy", "dtype"): self = .dtype
        case ("_codecs", "encode"): self = .encode
        case ("torch", _):
            guard let type = PickleGlobal.storageTypes[name] else { return nil }
            self = .storage(type)
        default: return nil
        }
    }

    private static let storageTypes: [String: NumberType] = [
        "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
    ]

    /// Whether a file may ask for this name to be called; the others are only handed to a call.
    var isCallable: Bool {
        switch self {
        case .storage, .ndarray: false
        default: true
        }
    }
}

/// One value of a pickle. Containers and calls are indices into ``Pickle/nodes``, so cyclic and deeply nested input is harmless to hold and to free.
package enum PickleValue: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    /// An integer beyond 64 bits: two's complement, little endian.
    case longInt(ArraySlice<UInt8>)
    case double(Double)
    case text(String)
    /// Bytes, or a string of Python 2, which does not tell the two apart.
    case bytes(ArraySlice<UInt8>)
    case global(PickleGlobal)
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case call(Int)
    case persistent(Int)
}

/// What a container, a call or a persistent identifier holds.
package enum PickleNode: Sendable {
    case items([PickleValue])
    case pairs([(key: PickleValue, value: PickleValue)])
    case call(PickleCall)
    case persistent(PickleValue)
}

/// A call that the file asks for: recorded, not made.
package struct PickleCall: Sendable {
    package let function: PickleGlobal
    package let arguments: [PickleValue]
    /// What the file would hand to the result's `__setstate__`.
    package var state: PickleValue?
}

/// A pickle as data: what the file describes, with nothing of it executed.
package struct Pickle: Sendable {
    package let root: PickleValue
    package let nodes: [PickleNode]
    /// Index in the input just behind the pickle.
    package let end: Int

    /// The elements of a tuple or list.
    package func items(_ value: PickleValue) -> [PickleValue]? {
        switch value {
        case .tuple(let index), .list(let index):
            if case .items(let items) = nodes[index] { items } else { nil }
        default: nil
        }
    }

    /// The keys and values of a dictionary in the order in which they were set.
    package func pairs(_ value: PickleValue) -> [(key: PickleValue, value: PickleValue)]? {
        if case .dictionary(let index) = value, case .pairs(let pairs) = nodes[index] { pairs } else { nil }
    }

    package func call(_ value: PickleValue) -> PickleCall? {
        if case .call(let index) = value, case .call(let call) = nodes[index] { call } else { nil }
    }

    package func persistentID(_ value: PickleValue) -> PickleValue? {
        if case .persistent(let index) = value, case .persistent(let id) = nodes[index] { id } else { nil }
    }

    package func int(_ value: PickleValue) -> Int? {
        if case .int(let number) = value { number } else { nil }
    }

    /// A tuple or list of integers.
    package func ints(_ value: PickleValue) -> [Int]? {
        guard let items = items(value) else { return nil }
        let numbers = items.compactMap(int)
        return numbers.count == items.count ? numbers : nil
    }

    /// A string of Python 3, or one of Python 2 taken as Latin-1.
    package func text(_ value: PickleValue) -> String? {
        switch value {
        case .text(let text): text
        case .bytes(let bytes): String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        default: nil
        }
    }

    /// A text that names something: no longer than names are, so that a file that repeats it costs no time.
    package func name(_ value: PickleValue) -> String? {
        switch value {
        case .text(let text) where text.utf8.count <= 1024: text
        case .bytes(let bytes) where bytes.count <= 1024: text(value)
        default: nil
        }
    }

    /// Bytes, also where they are written as a call of `_codecs.encode(text, "latin1")`.
    package func bytes(_ value: PickleValue) -> ArraySlice<UInt8>? {
        if case .bytes(let bytes) = value { return bytes }
        guard let call = call(value), call.function == .encode, call.arguments.count == 2, let text = text(call.arguments[0]),
            let encoding = self.text(call.arguments[1]), ["latin1", "latin-1"].contains(encoding)
        else { return nil }
        let bytes = text.unicodeScalars.map { UInt8(exactly: $0.value) }
        return bytes.contains(nil) ? nil : bytes.compactMap(\.self)[...]
    }
}
