import CONNXRuntime
import Foundation
package import IDRPlan

/// The ONNX Runtime library, loaded at run time with `dlopen` so that building IDRKit needs nothing of it and
/// another build of the same interface can be put in its place (`IDRKIT_ONNXRUNTIME`).
package final class ONNXRuntime: Sendable {
    /// The library's own version, such as `1.32.0`.
    package let version: String
    /// The file that was loaded, for the digest in a run's record.
    package let libraryPath: String

    // The function table is constant data of the library, which is never unloaded, and the runtime documents
    // its environment as safe to share between threads; both are set once, here.
    nonisolated(unsafe) let api: UnsafePointer<OrtApi>
    nonisolated(unsafe) let environment: OpaquePointer

    /// The oldest version of the interface that has every entry IDRKit calls: any newer library serves it.
    private static let apiVersion: UInt32 = 11

    /// The process's runtime, loaded at the first call from the place that ``ONNXLibrarySearch`` describes.
    ///
    /// - Throws: ``IDRError`` with the places that were searched; the same error at each later call.
    package static func shared() throws(IDRError) -> ONNXRuntime { try loaded.get() }

    private static let loaded = Result { () throws(IDRError) in
        let environment = ProcessInfo.processInfo.environment
        let search = ONNXLibrarySearch(
            override: environment[ONNXLibrarySearch.setting].flatMap { $0.isEmpty ? nil : $0 }, binaries: ONNXRuntime.ownBinaries(),
            home: environment["HOME"])
        return try ONNXRuntime(search)
    }

    /// Loads the library that `search` finds.
    package init(_ search: ONNXLibrarySearch) throws(IDRError) {
        Self.refuseTelemetry()
        let (handle, name) = try Self.open(search)
        guard let symbol = dlsym(handle, "OrtGetApiBase") else {
            throw IDRError(
                .system, "the library is not ONNX Runtime", at: [name], because: "it has no OrtGetApiBase", fix: ONNXLibrarySearch.advice)
        }
        libraryPath = idr_binary_holding(symbol).map { String(cString: $0) } ?? name
        var version: UnsafePointer<CChar>?
        guard let api = idr_ort_api(symbol, Self.apiVersion, &version) else {
            throw IDRError(
                .system, "this ONNX Runtime is too old", at: [libraryPath],
                because: "it is version \(version.map { String(cString: $0) } ?? "unknown") and has no interface \(Self.apiVersion)",
                fix: "use version 1.\(Self.apiVersion) or newer: \(ONNXLibrarySearch.advice)")
        }
        self.api = api
        self.version = version.map { String(cString: $0) } ?? "unknown"
        // Failures come back as a status, which becomes an error: the library itself prints only what is fatal.
        let onlyFatal: Int32 = 4
        var environment: OpaquePointer?
        try api.check(idr_ort_create_env(api, onlyFatal, "idrkit", &environment), .system, "ONNX Runtime does not start")
        guard let environment else { throw IDRError(.system, "ONNX Runtime does not start", at: [libraryPath]) }
        self.environment = environment
    }

    /// Newer published builds report to their maker: they keep a device's id in the user's folder of caches and send events. What
    /// a laboratory runs is nobody's business. Both names are in use, and only a library that is not loaded yet looks at them.
    private static func refuseTelemetry() {
        for name in ["ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED"] { setenv(name, "1", 1) }
    }

    private static func open(_ search: ONNXLibrarySearch) throws(IDRError) -> (handle: UnsafeMutableRawPointer, name: String) {
        let mode = RTLD_NOW | RTLD_LOCAL
        if let file = try search.file() {
            if let handle = dlopen(file, mode) { return (handle, file) }
            throw IDRError(
                .system, "the ONNX Runtime library cannot be loaded", at: [file], because: dlerror().map { String(cString: $0) },
                fix: ONNXLibrarySearch.advice)
        }
        for name in ONNXLibrarySearch.systemNames {
            if let handle = dlopen(name, mode) { return (handle, name) }
        }
        throw IDRError(
            .missing, "ONNX Runtime was not found",
            because: "searched for libonnxruntime.so* in \(search.folders.joined(separator: ", ")) and on the system's library path",
            fix: ONNXLibrarySearch.advice)
    }

    /// The binaries that may hold this code: the library or executable it was linked into, then the program itself.
    private static func ownBinaries() -> [String] {
        let own = idr_own_binary().map { String(cString: $0) }
        // The program's own name is kept as it was called, so only an absolute path says where it is.
        return [own, try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")].compactMap { $0 }.filter { $0.hasPrefix("/") }
    }
}

extension UnsafePointer<OrtApi> {
    /// Turns a status that is not null into an error with the library's own message, and releases it.
    func check(_ status: OpaquePointer?, _ code: IDRError.Code, _ problem: @autoclosure () -> String, fix: String? = nil) throws(IDRError) {
        guard let status else { return }
        defer { idr_ort_release_status(self, status) }
        // Its messages run over several lines; an error's reason is one.
        let message = idr_ort_message(self, status).map { String(cString: $0).split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        let reason = message.map { "ONNX Runtime says: \($0)" }
        // No image's failure: the next one would fare no better.
        if let message, message.contains("bad_alloc") || message.contains("Failed to allocate memory") {
            throw IDRError(.system, "there is no memory left", because: reason, fix: "end other programs, or compute with fewer --threads")
        }
        throw IDRError(code, problem(), because: reason, fix: fix)
    }
}
