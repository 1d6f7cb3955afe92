import Foundation
import IDRModels
import IDRPlan
import Testing

/// Where the library is looked for: every place is a folder made for the test.
struct ONNXLibrarySearchTests {
    private let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appendingPathComponent("idrkit-\(UUID().uuidString)")

    private func search(override: String? = nil, binary: String = "prefix/bin/idrscript") -> ONNXLibrarySearch {
        ONNXLibrarySearch(
            override: override, binaries: [root.appendingPathComponent(binary).path], home: root.appendingPathComponent("home").path,
            machineFolders: [root.appendingPathComponent("machine").path])
    }

    private func add(_ files: String...) throws {
        for file in files {
            let url = root.appendingPathComponent(file)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: url)
        }
    }

    private func found(_ search: ONNXLibrarySearch) throws -> String? { try search.file()?.replacingOccurrences(of: root.path + "/", with: "") }

    @Test func nothingLeavesTheChoiceToTheSystem() throws {
        #expect(try found(search()) == nil)
    }

    @Test func placesAreAskedInTheirOrder() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let binary = "checkout/.build/release/idrscript"
        try add("machine/libonnxruntime.so")
        #expect(try found(search(binary: binary)) == "machine/libonnxruntime.so")
        try add("home/.local/lib/idrkit/libonnxruntime.so.1")
        #expect(try found(search(binary: binary)) == "home/.local/lib/idrkit/libonnxruntime.so.1")
        try add("checkout/Package.swift", "checkout/.idrkit/lib/libonnxruntime.so.1.20.0")
        #expect(try found(search(binary: binary)) == "checkout/.idrkit/lib/libonnxruntime.so.1.20.0")
        try add("checkout/.build/lib/idrkit/libonnxruntime.so.1.19.0")
        #expect(try found(search(binary: binary)) == "checkout/.build/lib/idrkit/libonnxruntime.so.1.19.0")
        try add("checkout/.build/release/libonnxruntime.so.1.18.0")
        #expect(try found(search(binary: binary)) == "checkout/.build/release/libonnxruntime.so.1.18.0")
        try add("named/other.so")
        #expect(try found(search(override: root.appendingPathComponent("named/other.so").path, binary: binary)) == "named/other.so")
    }

    @Test func setUpFolderOfAnOuterPackageIsFoundWhereTheInnerHasNone() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        try add("outer/Package.swift", "outer/.idrkit/lib/libonnxruntime.so.1", "outer/.build/checkouts/inner/Package.swift")
        #expect(try found(search(binary: "outer/.build/checkouts/inner/tool")) == "outer/.idrkit/lib/libonnxruntime.so.1")
    }

    @Test func installedThroughASymbolicLink() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        try add("prefix/bin/idrscript", "prefix/lib/idrkit/libonnxruntime.so.1.32.0", "elsewhere/readme")
        try FileManager.default.createSymbolicLink(
            at: root.appendingPathComponent("elsewhere/idrscript"), withDestinationURL: root.appendingPathComponent("prefix/bin/idrscript"))
        #expect(try found(search(binary: "elsewhere/idrscript")) == "prefix/lib/idrkit/libonnxruntime.so.1.32.0")
    }

    @Test func newestVersionByNumberAndNoOtherFiles() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        try add("machine/libonnxruntime.so", "machine/libonnxruntime.so.1.9.0", "machine/libonnxruntime.so.1.32.0", "machine/libonnxruntime.so.1.4.0")
        try add(
            "machine/libonnxruntime.so.9.bak", "machine/libonnxruntime.so.", "machine/libonnxruntime_providers_shared.so",
            "machine/libonnxruntime.so9")
        #expect(try found(search()) == "machine/libonnxruntime.so.1.32.0")
    }

    @Test func aWrongSettingIsNeverPassedOver() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        try add("machine/libonnxruntime.so")
        let error = #expect(throws: IDRError.self) { try search(override: "/nowhere/libonnxruntime.so").file() }
        #expect(error?.code == .missing)
        #expect(error?.subject == ["/nowhere/libonnxruntime.so"])
        #expect(error?.description.contains(ONNXLibrarySearch.setting) == true)
    }

    @Test func aFileThatIsNoLibraryIsAnError() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        try add("machine/libonnxruntime.so.1")
        let error = #expect(throws: IDRError.self) { try ONNXRuntime(search()) }
        #expect(error?.code == .system)
        #expect(error?.subject == [root.appendingPathComponent("machine/libonnxruntime.so.1").path])
        #expect(error?.reason != nil && error?.advice?.contains("make setup") == true)
    }

    @Test func aLibraryThatIsNotONNXRuntimeIsAnError() throws {
        // Any library that is surely there: the one that holds this process's C functions.
        let content = try #require(try FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd())
        let maps = String(decoding: content, as: UTF8.self)
        let other = try #require(maps.split(whereSeparator: \.isWhitespace).first { $0.contains("/libc.so") || $0.contains("/libc-") })
        let error = #expect(throws: IDRError.self) { try ONNXRuntime(search(override: String(other))) }
        #expect(error?.problem == "the library is not ONNX Runtime")
    }

    @Test func theProcessesOwnRuntimeIsLoadedOnce() throws {
        let runtime = try ONNXRuntime.shared()
        #expect(try ONNXRuntime.shared() === runtime)
        #expect(runtime.version.split(separator: ".").count == 3)
        #expect(runtime.libraryPath.contains("libonnxruntime"))
        #expect(FileManager.default.fileExists(atPath: runtime.libraryPath))
    }
}
