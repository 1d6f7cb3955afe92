import IDRPlan

/// NumPy's arrays, scalars and types as a pickle describes them.
struct NumpyPickle {
    let pickle: Pickle
    /// The most elements an array may have.
    let limit: Int

    /// The numbers in `value`: an array's in row-major order, or the single one of a NumPy or Python number.
    func numbers(_ value: PickleValue, called name: String) throws(IDRError) -> [Double] {
        switch value {
        case .double(let number): return [number]
        case .int(let number): return [Double(number)]
        default: break
        }
        guard let call = pickle.call(value) else { throw damaged(name, "it is neither a number nor an array") }
        return switch call.function {
        case .arrayScalar: try scalar(call, called: name)
        case .arrayReconstruct: try array(call, called: name).doubles()
        default: throw damaged(name, "it is neither a number nor an array")
        }
    }

    /// The one element of an array of objects.
    func object() throws(IDRError) -> PickleValue {
        guard let call = pickle.call(pickle.root), call.function == .arrayReconstruct, let parts = state(of: call),
            dtype(parts.dtype)?.name.hasPrefix("O") == true,
            let objects = pickle.items(parts.data), objects.count == 1
        else { throw IDRError(.invalidInput, "the file does not hold one object", because: "its pickle describes something else") }
        return objects[0]
    }

    /// `scalar(dtype, bytes)`
    private func scalar(_ call: PickleCall, called name: String) throws(IDRError) -> [Double] {
        guard call.arguments.count == 2, let bytes = pickle.bytes(call.arguments[1]) else { throw damaged(name, "its number is missing") }
        let type = try numberType(call.arguments[0], called: name)
        return try StridedNumbers(bytes, type: type.type, isBigEndian: type.isBigEndian, shape: [], limit: 1).doubles()
    }

    private func array(_ call: PickleCall, called name: String) throws(IDRError) -> StridedNumbers {
        guard let parts = state(of: call), let shape = pickle.ints(parts.shape), let bytes = pickle.bytes(parts.data) else {
            throw damaged(name, "its shape or data are missing")
        }
        let type = try numberType(parts.dtype, called: name)
        _ = try StridedNumbers.count(of: shape, limit: limit)
        return try StridedNumbers(
            bytes, type: type.type, isBigEndian: type.isBigEndian, shape: shape,
            strides: parts.isColumnMajor ? StridedNumbers.columnMajor(shape) : nil,
            limit: limit)
    }

    /// An array's state: version (absent in old files), shape, type, Fortran order, data.
    private func state(of call: PickleCall) -> (shape: PickleValue, dtype: PickleValue, isColumnMajor: Bool, data: PickleValue)? {
        guard let items = call.state.flatMap(pickle.items), items.count == 4 || items.count == 5 else { return nil }
        let state = items.suffix(4).map(\.self)
        switch state[2] {
        case .bool(let isColumnMajor): return (state[0], state[1], isColumnMajor, state[3])
        case .int(let flag): return (state[0], state[1], flag != 0, state[3])
        default: return nil
        }
    }

    private func numberType(_ value: PickleValue, called name: String) throws(IDRError) -> (type: NumberType, isBigEndian: Bool) {
        guard let dtype = dtype(value), let type = NumberType(numpy: dtype.name) else { throw damaged(name, "its elements are not numbers") }
        return (type, dtype.isBigEndian)
    }

    /// `dtype("f8", False, True)` with the state `(3, "<", ...)`.
    private func dtype(_ value: PickleValue) -> (name: String, isBigEndian: Bool)? {
        guard let call = pickle.call(value), call.function == .dtype, let name = call.arguments.first.flatMap(pickle.name) else { return nil }
        let state = call.state.flatMap(pickle.items) ?? []
        let order = state.count > 1 ? pickle.name(state[1]) : nil
        return (name, order == ">" || name.hasPrefix(">"))
    }

    private func damaged(_ name: String, _ why: String) -> IDRError {
        IDRError(.invalidInput, "\(name) in the file is not what it must be", because: why)
    }
}
