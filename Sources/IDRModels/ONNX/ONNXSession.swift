import CONNXRuntime
import Foundation
package import IDRPlan

/// A network that is ready to run on the CPU.
///
/// `run` may be called from several threads at once. With one thread a session (the default) each call computes on the thread
/// that makes it, so parallel images share one session and its weights; that is faster than one call on all threads
/// (see Benchmarks). Measured on ONNX Runtime 1.32, the results' bits depend on neither the threads nor the batch size.
package final class ONNXSession: Sendable {
    /// What the model takes, in its own order.
    package let inputs: [ONNXPort]
    /// What the model gives, in its own order.
    package let outputs: [ONNXPort]
    /// What messages call this network: a file's name, or an architecture.
    package let name: String
    package let runtime: ONNXRuntime

    // Sound because both are set once, here, and released only in deinit, when no call can be running any more;
    // in between they are only given to OrtRun, which ONNX Runtime documents as safe to call concurrently on one session,
    // and to CreateTensorWithDataAsOrtValue, which reads the memory description.
    nonisolated(unsafe) private let session: OpaquePointer
    nonisolated(unsafe) private let memory: OpaquePointer

    /// Prepares the network that `model` describes: parses and optimises the graph, and repacks its weights.
    ///
    /// - Parameters:
    ///   - model: the bytes of an ONNX file that holds its own weights.
    ///   - name: what to call the network in messages.
    ///   - threads: how many threads one call of `run` may use.
    ///   - runtime: the library; nil takes the process's own.
    package init(model: [UInt8], name: String, threads: Int = 1, runtime: ONNXRuntime? = nil) throws(IDRError) {
        let runtime = if let runtime { runtime } else { try ONNXRuntime.shared() }
        let api = runtime.api
        var options: OpaquePointer?
        try api.check(idr_ort_create_options(api, &options), .system, "ONNX Runtime gives no session options")
        defer { if let options { idr_ort_release_options(api, options) } }
        try api.check(
            idr_ort_set_threads(api, options, Int32(clamping: max(1, threads)), 1), .system, "ONNX Runtime cannot use \(threads) threads")
        // A model may name other files for its weights, which would be read from the working folder and be in no record: there are none here.
        let weightsFolder = "session.model_external_initializers_file_folder_path"
        try api.check(idr_ort_set_option(api, options, weightsFolder, "/dev/null"), .system, "ONNX Runtime does not take the option \(weightsFolder)")

        var session: OpaquePointer?
        let status = model.withUnsafeBytes { idr_ort_create_session(api, runtime.environment, $0.baseAddress, $0.count, options, &session) }
        try api.check(status, .invalidInput, "\(name) is not a network that can be run", fix: "give a complete ONNX file with its weights inside")
        guard let session else { throw IDRError(.system, "ONNX Runtime gives no session for \(name)") }
        do throws(IDRError) {
            inputs = try ONNXPorts(api: api, session: session, isInput: true).read()
            outputs = try ONNXPorts(api: api, session: session, isInput: false).read()
            var memory: OpaquePointer?
            try api.check(idr_ort_cpu_memory(api, &memory), .system, "ONNX Runtime gives no CPU memory")
            guard let memory else { throw IDRError(.system, "ONNX Runtime gives no CPU memory") }
            self.memory = memory
        } catch {
            idr_ort_release_session(api, session)
            throw error
        }
        self.session = session
        self.runtime = runtime
        self.name = name
    }

    /// Prepares the network of the ONNX file at `path`. A network whose weights are in a second file is refused.
    package convenience init(path: String, threads: Int = 1, runtime: ONNXRuntime? = nil) throws(IDRError) {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw IDRError(.missing, "the network cannot be read", at: [path], fix: "check the path and the file's permissions")
        }
        try self.init(model: [UInt8](content), name: path, threads: threads, runtime: runtime)
    }

    deinit {
        idr_ort_release_memory(runtime.api, memory)
        idr_ort_release_session(runtime.api, session)
    }

    /// Computes `outputs` from `inputs`; the calling thread waits.
    ///
    /// - Returns: one tensor for each name in `outputs`, in that order.
    /// - Throws: ``IDRError`` where a name is unknown, an input is missing or a shape does not fit the network.
    package func run(_ inputs: [String: Tensor], outputs: [String]) throws(IDRError) -> [Tensor] {
        let api = runtime.api
        try check(inputs: inputs, outputs: outputs)
        let ordered = self.inputs.compactMap { port in inputs[port.name].map { (name: port.name, tensor: $0) } }
        var results = [OpaquePointer?](repeating: nil, count: outputs.count)
        defer { for case .some(let value) in results { idr_ort_release_value(api, value) } }
        try withValues(of: ordered[...], made: []) { (values) throws(IDRError) in
            let status = withCStrings(ordered.map(\.name)) { inputNames in
                withCStrings(outputs) { outputNames in
                    idr_ort_run(api, session, inputNames, values.map { Optional($0) }, values.count, outputNames, outputs.count, &results)
                }
            }
            try api.check(
                status, .invalidInput, "\(name) cannot be run on \(Self.describe(ordered))", fix: "the network takes \(Self.describe(self.inputs))")
        }
        return try results.map { (value) throws(IDRError) in
            guard let value else { throw IDRError(.system, "\(name) gave no result") }
            return try copy(value)
        }
    }

    private func check(inputs: [String: Tensor], outputs: [String]) throws(IDRError) {
        func fail(_ problem: String) -> IDRError {
            let names = "it takes \(Self.describe(self.inputs)) and gives \(self.outputs.map(\.name).joined(separator: ", "))"
            return IDRError(.invalidInput, problem, at: [name], because: names)
        }
        for port in self.inputs {
            guard inputs[port.name] != nil else { throw fail("the network's input \(port.name) is not given") }
            guard port.isFloat else { throw fail("the network's input \(port.name) is not of 32-bit floats") }
        }
        if let unknown = inputs.keys.sorted().first(where: { key in !self.inputs.contains { $0.name == key } }) {
            throw fail("the network has no input \(unknown)")
        }
        for output in outputs {
            guard let port = self.outputs.first(where: { $0.name == output }) else { throw fail("the network has no output \(output)") }
            guard port.isFloat else { throw fail("the network's output \(output) is not of 32-bit floats") }
        }
    }

    /// Calls `body` with a value that wraps, without copying, the elements of each of `rest`, after those already `made`.
    private func withValues(
        of rest: ArraySlice<(name: String, tensor: Tensor)>, made: [OpaquePointer], _ body: ([OpaquePointer]) throws(IDRError) -> Void
    ) throws(IDRError) {
        guard let (port, tensor) = rest.first else { return try body(made) }
        let api = runtime.api
        try tensor.values.withUnsafeBufferPointer { (elements) throws(IDRError) in
            var value: OpaquePointer?
            // The runtime never writes into what it is fed.
            let data = UnsafeMutablePointer(mutating: elements.baseAddress)
            let bytes = elements.count * MemoryLayout<Float>.stride
            try api.check(
                idr_ort_tensor(api, memory, data, bytes, tensor.shape.map(Int64.init), tensor.shape.count, &value), .invalidInput,
                "\(name) cannot take an input \(port) of shape \(tensor.shape)")
            guard let value else { throw IDRError(.system, "ONNX Runtime gives no value for input \(port)") }
            defer { idr_ort_release_value(api, value) }
            try withValues(of: rest.dropFirst(), made: made + [value], body)
        }
    }

    private func copy(_ value: OpaquePointer) throws(IDRError) -> Tensor {
        let api = runtime.api
        var info: OpaquePointer?
        try api.check(idr_ort_shape(api, value, &info), .invalidInput, "a result of \(name) is not a tensor")
        defer { if let info { idr_ort_release_shape(api, info) } }
        let shape = try ONNXPorts.dimensions(info, api: api).map(Int.init)
        var data: UnsafeMutablePointer<Float>?
        try api.check(idr_ort_data(api, value, &data), .invalidInput, "a result of \(name) cannot be read")
        return Tensor(shape: shape, values: [Float](UnsafeBufferPointer(start: data, count: shape.reduce(1, *))))
    }

    private static func describe(_ inputs: [(name: String, tensor: Tensor)]) -> String {
        inputs.map { "\($0.name) \($0.tensor.shape)" }.joined(separator: ", ")
    }

    private static func describe(_ ports: [ONNXPort]) -> String {
        ports.map { "\($0.name) [\($0.shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", "))]" }.joined(separator: ", ")
    }
}

/// Calls `body` with `strings` as C strings, in order.
private func withCStrings<Result>(_ strings: [String], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies.map { UnsafePointer($0) })
}
