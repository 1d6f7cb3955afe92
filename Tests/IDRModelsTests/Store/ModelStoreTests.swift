import Foundation
import IDRModels
import IDRPlan
import TestSupport
import Testing

/// Which file a model's name stands for.
@Suite struct ModelStoreTests {
    @Test func theUsersFolderFollowsXDG() {
        #expect(ModelStore.ownFolder(["HOME": "/home/a"]) == "/home/a/.local/share/idrkit/models")
        #expect(ModelStore.ownFolder(["HOME": "/home/a", "XDG_DATA_HOME": "/data"]) == "/data/idrkit/models")
        #expect(ModelStore.ownFolder(["XDG_DATA_HOME": "/data"]) == "/data/idrkit/models")
        #expect(ModelStore.ownFolder(["HOME": "/home/a", "XDG_DATA_HOME": "data"]) == "/home/a/.local/share/idrkit/models")
        #expect(ModelStore.ownFolder(["HOME": "/home/a", "XDG_DATA_HOME": ""]) == "/home/a/.local/share/idrkit/models")
        #expect(ModelStore.ownFolder(["XDG_DATA_HOME": "data"]) == nil && ModelStore.ownFolder([:]) == nil)
    }

    @Test func theUsersFolderIsTheLast() {
        #expect(ModelStore(roots: ["/a", "/own", "/b"], own: "/own/").roots == ["/a", "/b", "/own"])
        #expect(ModelStore(roots: ["/a"]).roots == ["/a"] && ModelStore(roots: ["/a"]).own == nil)
    }

    private func write(_ names: String..., in scratch: ScratchFolder) throws {
        for name in names {
            let file = URL(fileURLWithPath: scratch(name))
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(name.utf8).write(to: file)
        }
    }

    @Test func ofOneFileNameTheFirstRootsCounts() throws {
        let scratch = try ScratchFolder()
        try write("a/m/m.pth", "b/m/m.pth", "b/m/m.npy", "b/m/MODEL_CARD.md", "b/m/m.pth.wheel-sha256", "b/m/notes.txt", in: scratch)
        // No folder, no plain file, nothing that is there.
        try write("a/file.pth", "b/m/folder.pth/file", in: scratch)
        try FileManager.default.createSymbolicLink(atPath: scratch("b/m/gone.pth"), withDestinationPath: scratch("nowhere"))
        let store = ModelStore(roots: [scratch("a"), scratch("b"), scratch("missing")])
        let models = store.list()
        #expect(models.map(\.name) == ["m"] && models[0].folders == [scratch("a/m"), scratch("b/m")] && models[0].origin == .shipped)
        #expect(models[0].files == ["a/m/m.pth", "b/m/MODEL_CARD.md", "b/m/m.npy"].map { scratch($0) })
        #expect(models[0].weights == ["a/m/m.pth", "b/m/m.npy"].map { scratch($0) } && models[0].card == scratch("b/m/MODEL_CARD.md"))
        #expect(try store.file(.named("m"), ending: [".pth"]) == scratch("a/m/m.pth"))
        #expect(store.card(of: scratch("a/m/m.pth")) == scratch("b/m/MODEL_CARD.md"))
        // Who looks for a digest sees all of them.
        #expect(Set(store.files) == Set(["a/m/m.pth", "b/m/m.pth", "b/m/m.npy", "b/m/MODEL_CARD.md"].map { scratch($0) }))
    }

    @Test func aNameOfIDRKitsIsNeverTheUsers() async throws {
        let scratch = try ScratchFolder()
        // The set-up has not fetched the shipped model's weights.
        try write("root/lite/MODEL_CARD.md", "own/lite/mine.pth", "own/mine/mine.onnx", "own/.under-way.partial/x.pth", in: scratch)
        let store = ModelStore(roots: [scratch("root")], own: scratch("own"))
        #expect(store.list().map(\.name) == ["lite", "mine"] && store.list().map(\.origin) == [.shipped, .own])
        let error = #expect(throws: IDRError.self) { try store.file(.named("lite"), ending: FeatureNetwork.endings) }
        #expect(error?.description.contains("make setup") == true)
        #expect(store.added.map(\.name) == ["lite", "mine"] && store.files.contains(scratch("own/lite/mine.pth")))
        let hidden = try #require(store.added.first)
        await expectError(.invalidInput) { try await store.check(hidden) }
        #expect(try store.remove("lite").folders == [scratch("own/lite")])
        #expect(!FileManager.default.fileExists(atPath: scratch("own/lite")) && FileManager.default.fileExists(atPath: scratch("root/lite")))
    }

    @Test(arguments: [".pth", ".h5", ".hdf5", ".onnx"])
    func featureNetworksAreFoundByName(ending: String) throws {
        let scratch = try ScratchFolder()
        try write("own/mine/mine\(ending)", "own/mine/MODEL_CARD.md", in: scratch)
        let store = ModelStore(roots: [], own: scratch("own"))
        #expect(try store.file(.named("mine"), ending: FeatureNetwork.endings) == scratch("own/mine/mine\(ending)"))
        let error = #expect(throws: IDRError.self) { try store.file(.named("mine"), ending: [".npy"]) }
        #expect(error?.problem == "model mine has no .npy file" && error?.advice?.contains("make setup") == false)
        let unknown = #expect(throws: IDRError.self) { try store.file(.named("other"), ending: [".pth"]) }
        #expect(unknown?.description.contains("there are: mine") == true && unknown?.description.contains("models add other") == true)
    }
}
