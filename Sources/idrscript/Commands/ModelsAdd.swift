import ArgumentParser
import Foundation
import IDRFiles
import IDRKit
import IDRModels
import IDRPlan
import IDRScreens
import IDRTransfer

/// What `add` and `pull` have in common.
struct NewModelArguments: ParsableArguments {
    @Option(help: ArgumentHelp("A model card in Markdown: training data, scores, limits, licence.", valueName: "file"), completion: .file())
    var card: String?

    @Flag(help: "Replace a model of yours that has this name.")
    var replace = false

    /// Adds the model, and says what it is and how a script names it. Ctrl-C leaves nothing of it.
    func add(_ name: String, _ sources: [ModelSource], client: RemoteClient = RemoteClient()) async throws {
        let files = try await Self.untilStopped { [card, replace] in
            try await ModelStore.standard.add(name, from: sources, card: card, replacing: replace, client: client)
        }
        print("added  \(name)")
        for model in files {
            print("  \(model.file.name)  \(model.kind.text), \(PeopleText.size(model.file.bytes))\n    sha256 \(model.file.sha256)")
        }
        print("in a script: \(Self.call(name, files))")
        if card == nil { print("no card was given: records of runs say so (--card, with --replace, adds one)") }
    }

    private static func call(_ name: String, _ files: [ModelFile]) -> String {
        guard files.contains(where: { $0.kind.part == .segmenter }) else { return ".profile(checkpoint: .named(\"\(name)\"))" }
        let diameter = files.contains { $0.kind.part == .sizeModel } ? "" : "diameter: PIXELS, "
        let segmenters = files.filter { $0.kind.part == .segmenter }.map { Segmenters.precision(of: $0.file.name) }
        let precision = segmenters.contains(.float32) ? "" : ", precision: .int8"
        return ".segment(\(diameter)model: .named(\"\(name)\")\(precision))"
    }

    /// The work's value. Ctrl-C and a request to end cancel it, so that it takes back what it has begun.
    private static func untilStopped<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let (stops, stop) = AsyncStream.makeStream(of: Int32.self)
        let signals = StopSignals { stop.yield($0) }
        defer { signals.end() }
        let task = Task { try await work() }
        let stopped = Task {
            for await number in stops {
                task.cancel()
                return Int32?.some(number)
            }
            return nil
        }
        do {
            let value = try await task.value
            stop.finish()
            return value
        } catch {
            stop.finish()
            guard let number = await stopped.value else { throw error }
            warn("stopped; nothing was added")
            throw ExitCode(128 + number)
        }
    }
}

extension Models {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy files of yours into the store, as a model that scripts can name.",
            usage: "idrscript models add <name> <file> ... [--card <file>] [--replace]",
            discussion: """
                A model is one network: a Cellpose 2.1 network (.pth) with its size model (.npy) where there is one, EfficientNet-Lite0 (.pth),
                EfficientNet-B0 (Keras .h5), or a feature network (.onnx). Each file is tried before it counts, and nothing in it is run as code.
                Runs name the files by SHA-256, and copy the card into their record.

                EXAMPLES
                  idrscript models add my-nuclei nuclei.pth size_nuclei.npy --card card.md
                  idrscript models add my-features features.onnx
                  idrscript models add my-nuclei newer.pth --replace
                """)

        @Argument(help: "The model's name: letters, digits, - and _.")
        var name: String

        @Argument(help: ArgumentHelp("Its files.", valueName: "file"), completion: .file(extensions: ["pth", "npy", "h5", "hdf5", "onnx"]))
        var files: [String]

        @OptionGroup var arguments: NewModelArguments

        func run() async throws { try await arguments.add(name, files.map { .file($0) }) }
    }

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch a model's files, check their SHA-256, and add them to the store.",
            usage: "idrscript models pull <name> <address> ... --sha256 <digest> ... [--card <file>] [--replace]",
            discussion: """
                The digests come from where the model is described, not from the server that has it; one for each address, in the same order. A
                file with another digest is not kept. Addresses are https or ftp, and end with the file's name. For the rest it is as `add`.

                EXAMPLES
                  idrscript models pull my-features https://example.org/features.onnx --sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
                """)

        @Argument(help: "The model's name: letters, digits, - and _.")
        var name: String

        @Argument(help: ArgumentHelp("Where its files are.", valueName: "address"))
        var addresses: [String]

        @Option(
            name: .customLong("sha256"), parsing: .upToNextOption,
            help: ArgumentHelp("The files' SHA-256, in the order of the addresses.", valueName: "digest"))
        var digests: [String]

        @OptionGroup var arguments: NewModelArguments

        func validate() throws {
            guard addresses.count == digests.count else {
                throw ValidationError(
                    "give one --sha256 for each address: there are \(addresses.count.counted("address", "addresses")) and "
                        + digests.count.counted("digest", "digests"))
            }
            for digest in digests where Digest(digest.lowercased()) == nil {
                throw ValidationError("'\(digest)' is no SHA-256: it has 64 hexadecimal digits")
            }
        }

        func run() async throws {
            let expected = digests.compactMap { Digest($0.lowercased()) }
            let sources = try zip(addresses, expected).map { try ModelSource.address(RemoteURL($0), sha256: $1) }
            try await arguments.add(name, sources, client: Network(access: .configured()).client)
        }
    }
}
