import Foundation
import IDRFiles
package import IDRPlan

/// The models that can be named: shipped with IDRKit, fetched by its set-up, or added by the user. Each is a folder with its files and a card.
package struct ModelStore: Sendable {
    /// A folder of models each, best first. The user's own is the last.
    package let roots: [String]
    /// The folder of the models that the user adds; nil where there is no place for one.
    package let own: String?
    /// The folder that a setting names; nil where none does.
    private let setting: String?

    /// - Parameters:
    ///   - roots: folders of models, best first.
    ///   - own: the folder of the user's own, which comes after them.
    package init(roots: [String], own: String? = nil) { self.init(setting: nil, roots: roots, own: own) }

    private init(setting: String?, roots: [String], own: String?) {
        func standardized(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
        self.own = own.map(standardized)
        self.setting = setting.map(standardized)
        // Where the setting names the user's own folder, that stays the last.
        let others = ([setting].compactMap(\.self) + roots).map(standardized).filter { [own = self.own] in $0 != own }
        self.roots = others + [self.own].compactMap(\.self)
    }

    /// `IDRKIT_MODELS` (a setting overrides), then beside the library, the install prefix, the checkout, and the user's own.
    package static let standard: ModelStore = {
        let code = CodeLocation.folder
        var roots = ["\(code)/IDRKit_IDRModels.resources", "\(code)/../share/idrkit/models", "\(code)/../../share/idrkit/models"]
        if let checkout = CodeLocation.checkout { roots += ["\(checkout)/.idrkit/models", "\(checkout)/Sources/IDRModels/Resources"] }
        return ModelStore(setting: ProcessInfo.processInfo.environment["IDRKIT_MODELS"], roots: roots, own: ownFolder())
    }()

    /// `idrkit/models` below `XDG_DATA_HOME` or `~/.local/share`; nil where neither that nor HOME is set.
    package static func ownFolder(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        // The XDG rules: a relative path there is to be ignored.
        func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        return (absolute("XDG_DATA_HOME") ?? absolute("HOME").map { $0 + "/.local/share" }).map { $0 + "/idrkit/models" }
    }

    /// Models by name, each with the folders that hold its files. A name that stands for another model already is none of the user's.
    package func list() -> [StoredModel] {
        var models: [String: StoredModel] = [:]
        for root in roots where root != own {
            for name in Self.names(in: root) {
                let folders = (models[name]?.folders ?? []) + ["\(root)/\(name)"]
                models[name] = StoredModel(name: name, folders: folders, origin: root == setting ? .setting : .shipped)
            }
        }
        for model in added where models[model.name] == nil { models[model.name] = model }
        return models.values.sorted { $0.name < $1.name }
    }

    /// What the user has added, also models whose names stand for others by now.
    package var added: [StoredModel] {
        guard let own else { return [] }
        return Self.names(in: own).map { StoredModel(name: $0, folders: ["\(own)/\($0)"], origin: .own) }
    }

    /// Every file of every model, for those who look for one by its digest: also those that another of their name hides.
    package var files: [String] { roots.flatMap { root in Self.names(in: root).flatMap { StoredModel.files(in: "\(root)/\($0)") } } }

    /// Folders under way have hidden names.
    private static func names(in root: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted()
            .filter { !$0.hasPrefix(".") && FileManager.default.fileExists(atPath: "\(root)/\($0)/.") }
    }

    /// The model called `name`.
    package func model(_ name: String) throws(IDRError) -> StoredModel {
        let models = list()
        guard let model = models.first(where: { $0.name == name }) else {
            throw IDRError(
                .missing, "no model is called '\(name)'",
                because: (["there are: \(models.map(\.name).joined(separator: ", "))"] + unreadable).joined(separator: "; "),
                fix: "use one of these names, give the path of a file, or add the model: idrscript models add \(name) FILE")
        }
        return model
    }

    /// What is wrong with folders that are there and cannot be read: a model may be in one of them.
    private var unreadable: [String] {
        roots.compactMap { root in
            do throws(IDRError) {
                _ = try OnDisk.names(in: root)
                return nil
            } catch {
                return [error.problem, error.reason].compactMap(\.self).joined(separator: ": ")
            }
        }
    }

    /// The file of model `name` whose name ends with one of `endings`.
    /// - Throws: an ``IDRError`` where there is none, or several: a name must not stand for one of them by chance.
    package func file(of name: String, ending endings: [String]) throws(IDRError) -> String {
        let model = try model(name)
        let files = model.files(ending: endings)
        guard files.count <= 1 else {
            throw IDRError(
                .refused, "model \(name) has several \(endings.joined(separator: " or ")) files", at: files, because: "one of them is needed",
                fix: "keep one there, or give the path of the one that you mean: .path(\"...\")")
        }
        guard let file = files.first else {
            throw IDRError(
                .missing, "model \(name) has no \(endings.joined(separator: " or ")) file", at: model.folders,
                fix: model.origin == .own
                    ? "name a model that has one (idrscript models lists all)" : "run `make setup` in the package: it fetches the weights")
        }
        return file
    }

    /// The card of the model that the file at `path` belongs to: beside it, or in another folder of the same named model. Weights that the
    /// set-up fetched lie apart from the card that IDRKit ships.
    package func card(of path: String) -> String? {
        let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
        let beside = "\(folder)/\(StoredModel.cardName)"
        if FileManager.default.fileExists(atPath: beside) { return beside }
        return list().first { $0.folders.contains(folder) }?.card
    }

    /// The file that `reference` means; of a named model, the one whose name ends with one of `endings`.
    package func file(_ reference: ModelReference, ending endings: [String]) throws(IDRError) -> String {
        switch reference {
        case .named(let name): return try file(of: name, ending: endings)
        case .path(let path):
            guard FileManager.default.fileExists(atPath: path) else {
                throw IDRError(.missing, "no model file \(path)", fix: "check the path; it is relative to the folder that the script is started in")
            }
            return path
        }
    }
}
