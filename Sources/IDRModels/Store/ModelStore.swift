import Foundation
public import IDRPlan

/// The models that can be named: shipped with IDRKit or fetched by its set-up. Each is a folder with its files and a card.
public struct ModelStore: Sendable {
    /// A folder of models each, best first.
    public let roots: [String]

    public init(roots: [String]) { self.roots = roots }

    /// `IDRKIT_MODELS` (a setting overrides), then beside the library, the install prefix, and the checkout.
    public static let standard: ModelStore = {
        let code = CodeLocation.folder
        var roots = [ProcessInfo.processInfo.environment["IDRKIT_MODELS"]].compactMap(\.self)
        roots += ["\(code)/IDRKit_IDRModels.resources", "\(code)/../share/idrkit/models", "\(code)/../../share/idrkit/models"]
        if let checkout = CodeLocation.checkout { roots += ["\(checkout)/.idrkit/models", "\(checkout)/Sources/IDRModels/Resources"] }
        return ModelStore(roots: roots.map { URL(fileURLWithPath: $0).standardizedFileURL.path })
    }()

    /// Models by name, each with the folders that hold its files.
    public func list() -> [StoredModel] {
        let manager = FileManager.default
        var folders: [String: [String]] = [:]
        for root in roots {
            for name in (try? manager.contentsOfDirectory(atPath: root)) ?? [] where manager.fileExists(atPath: "\(root)/\(name)/.") {
                folders[name, default: []].append("\(root)/\(name)")
            }
        }
        return folders.sorted { $0.key < $1.key }.map { StoredModel(name: $0.key, folders: $0.value) }
    }

    /// The file of model `name` whose name ends with `suffix`.
    public func file(of name: String, ending suffix: String) throws(IDRError) -> String {
        let models = list()
        guard let model = models.first(where: { $0.name == name }) else {
            throw IDRError(
                .missing, "no model is called '\(name)'", because: "there are: \(models.map(\.name).joined(separator: ", "))",
                fix: "use one of these names, or give the path of a file")
        }
        guard let file = model.files.first(where: { $0.hasSuffix(suffix) }) else {
            throw IDRError(
                .missing, "model \(name) has no \(suffix) file", at: model.folders, fix: "run `make setup` in the package: it fetches the weights")
        }
        return file
    }

    /// The card of the model that the file at `path` belongs to: beside it, or in another folder of the same named model. Weights that the
    /// set-up fetched lie apart from the card that IDRKit ships.
    public func card(of path: String) -> String? {
        let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
        let beside = "\(folder)/\(StoredModel.cardName)"
        if FileManager.default.fileExists(atPath: beside) { return beside }
        return list().first { $0.folders.contains(folder) }?.card
    }

    /// The file that `reference` means.
    public func file(_ reference: ModelReference, ending suffix: String) throws(IDRError) -> String {
        switch reference {
        case .named(let name): return try file(of: name, ending: suffix)
        case .path(let path):
            guard FileManager.default.fileExists(atPath: path) else {
                throw IDRError(.missing, "no model file \(path)", fix: "check the path; it is relative to the folder that the script is started in")
            }
            return path
        }
    }
}

/// A named model.
public struct StoredModel: Sendable, Hashable {
    public let name: String
    public let folders: [String]

    /// Paths of its files, the card among them; sorted within each folder.
    public var files: [String] {
        folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map { "\(folder)/\($0)" }
        }
    }

    public static let cardName = "MODEL_CARD.md"

    /// Path of the model card.
    public var card: String? { files.first { $0.hasSuffix("/" + Self.cardName) } }
}
