import Foundation
import IDRFiles
package import IDRPlan
package import IDRTransfer

/// The user's own models.
extension ModelStore {
    /// Adds a model to the user's own: a network, for Cellpose with its size model where there is one, and a card. It appears under its name
    /// only when its files are complete and have been tried; nothing is left of one that fails.
    /// - Parameters:
    ///   - name: up to 64 letters, digits, `-`, `_` and `.`.
    ///   - card: path of a model card, Markdown in UTF-8. Without one, a card is written that says that there was none.
    ///   - isReplacing: whether a model of the user's that has this name goes away for it.
    /// - Returns: its files, in the order of `sources`.
    /// - Throws: ``IDRError`` where the name cannot be used or is taken, or a file cannot be used; `CancellationError`.
    package func add(
        _ name: String, from sources: [ModelSource], card: String? = nil, replacing isReplacing: Bool = false,
        client: RemoteClient = RemoteClient()
    ) async throws -> [ModelFile] {
        let own = try place(of: name, replacing: isReplacing)
        let names = try sources.map { source throws(IDRError) in try source.name() }
        try Self.checkParts(zip(names, sources.map(\.shown)), of: name)
        let givenCard = try card.map { path throws(IDRError) in try Self.card(reading: path) }

        try AtomicFolder.make(own)
        try UnderWay.clear(own)
        let folder = try AtomicFolder("\(own)/\(name)", replacing: isReplacing)
        let place = folder.partialPath
        var trial = ModelTrial()
        for (source, fileName) in zip(sources, names) {
            let path = "\(place)/\(fileName)"
            do {
                try await source.bring(to: place, as: fileName, client: client)
                try await trial.run(path)
            } catch let error as IDRError {
                throw error.naming(source.shown, insteadOf: path)
            }
        }
        let files = try trial.end()
        let text = givenCard ?? Self.card(of: name, files, origins: sources.map(\.origin))
        try AtomicFile.write(Array(text.utf8), to: "\(place)/\(StoredModel.cardName)")
        try folder.commit()
        return files
    }

    /// Tries a model that was added before.
    /// - Throws: ``IDRError`` where it cannot be used, or its name stands for another model by now.
    package func check(_ model: StoredModel) async throws {
        var trial = ModelTrial()
        for path in model.weights { try await trial.run(path) }
        let files = try trial.end()
        guard !files.isEmpty else { throw IDRError(.missing, "model \(model.name) has no weights", at: model.folders) }
        if let other = list().first(where: { $0.name == model.name && $0.origin != .own }) {
            throw IDRError(.refused, "its name stands for another model", at: other.folders, because: other.origin.because)
        }
    }

    /// Removes a model of the user's own.
    /// - Returns: what there was.
    /// - Throws: ``IDRError`` where there is none of that name, or it is not the user's.
    package func remove(_ name: String) throws(IDRError) -> StoredModel {
        guard let own, let model = added.first(where: { $0.name == name }) else {
            if let other = list().first(where: { $0.name == name }) {
                throw IDRError(
                    .refused, "model \(name) is not one of yours", at: other.folders, because: other.origin.because,
                    fix: "only what `idrscript models add` or `pull` added is removed")
            }
            let names = added.map(\.name)
            throw IDRError(
                .missing, "no model of yours is called '\(name)'",
                because: names.isEmpty ? "you have added none" : "yours are: \(names.joined(separator: ", "))")
        }
        try UnderWay.clear(own)
        // Away under its name at once; what is left of it by a process that ends here is taken away later.
        let away = "\(own)/.\(name).\(getpid())-removed\(UnderWay.suffix)"
        guard rename(model.folders[0], away) == 0 else {
            let reason = SystemFailure.reason(errno)
            throw IDRError(
                .system, "model \(name) cannot be removed", at: model.folders, because: reason,
                fix: "give yourself the right to write there")
        }
        try? FileManager.default.removeItem(atPath: away)
        return model
    }

    /// The user's folder, where a model may be called `name` there.
    private func place(of name: String, replacing isReplacing: Bool) throws(IDRError) -> String {
        guard name.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}/) != nil, !name.contains("..") else {
            throw IDRError(
                .refused, "a model cannot be called \"\(ArchiveName.printable(name))\"",
                because: "a name has up to 64 letters (A to Z), digits, hyphens, underscores and single dots, and begins with none of .-",
                fix: "choose another name, such as my-nuclei")
        }
        guard let own else {
            throw IDRError(
                .missing, "there is no place for models of yours", because: "neither HOME nor XDG_DATA_HOME is set", fix: "set one of them")
        }
        if let other = list().first(where: { $0.name == name && $0.origin != .own }) {
            throw IDRError(
                .refused, "there is a model called \(name)", at: other.folders, because: other.origin.because, fix: "choose another name")
        }
        guard isReplacing || !added.contains(where: { $0.name == name }) else {
            throw IDRError(
                .refused, "there is a model called \(name)", at: ["\(own)/\(name)"], because: "you have added it",
                fix: "choose another name, or replace it with --replace")
        }
        return own
    }

    /// A network, and at most one size model: what a file is for must be clear from the model's name alone.
    private static func checkParts(_ files: some Sequence<(String, String)>, of name: String) throws(IDRError) {
        // A segmenter may be there in each precision.
        var networks: [Precision: [String]] = [:]
        var sizeModels: [String] = []
        for (file, shown) in files {
            switch try ModelKinds.part(of: file, at: shown) {
            case .segmenter, .features: networks[Segmenters.precision(of: file) ?? .float32, default: []].append(shown)
            case .sizeModel: sizeModels.append(shown)
            }
        }
        for (found, what) in networks.values.map({ ($0, "network") }) + [(sizeModels, "size model")] where found.count > 1 {
            throw IDRError(
                .refused, "a model has one \(what)", at: found, because: "\(name) would stand for several", fix: "add each under a name of its own")
        }
        guard !networks.isEmpty else {
            throw IDRError(
                .refused, "a size model alone is no model", at: sizeModels, because: "it belongs to a Cellpose network",
                fix: "add both together, or name it by its path: .segment(sizeModel: .path(\"....npy\"))")
        }
    }

    private static let largestCard = 1 << 20

    private static func card(reading path: String) throws(IDRError) -> String {
        guard try WeightBytes.size(of: path) <= largestCard, let text = String(validating: try WeightBytes.read(path), as: UTF8.self), !text.isEmpty
        else {
            throw IDRError(
                .invalidInput, "this is no model card", at: [path], because: "a card is text in UTF-8 of up to \(largestCard) bytes",
                fix: "write one in Markdown: training data, scores, limits, licence")
        }
        return text
    }

    /// Records hold it, so that it names neither time nor machine.
    private static func card(of name: String, _ files: [ModelFile], origins: [String?]) -> String {
        let lines = zip(files, origins).map { model, origin in
            "- `\(model.file.name)`: \(model.kind.text), \(model.file.bytes) bytes, SHA-256 \(model.file.sha256)"
                + (origin.map { ", fetched from <\($0)>" } ?? "")
        }
        return """
            # \(name)

            No model card was given when this model was added. Nothing is known here of its training data, scores, limits and licence.

            \(lines.joined(separator: "\n"))

            """
    }
}

extension StoredModel.Origin {
    /// Why a model is not the user's to change.
    fileprivate var because: String {
        switch self {
        case .shipped: "IDRKit has it"
        case .setting: "it lies in the folder that IDRKIT_MODELS names"
        case .own: "you have added it"
        }
    }
}

extension IDRError {
    /// The same error with another name for a path: one that a person has seen.
    fileprivate func naming(_ name: String, insteadOf path: String) -> IDRError {
        func named(_ text: String) -> String { text.replacing(path, with: name) }
        return IDRError(code, named(problem), at: subject.map(named), because: reason.map(named), fix: advice.map(named)).at(name)
    }
}
