import Foundation
import IDRFiles
import IDRModels
package import IDRPlan
import IDRTransfer

/// What this machine has of what IDRKit needs, and what to do about the rest.
package struct Checkup: Encodable {
    package struct Finding: Encodable {
        package enum State: String, Encodable {
            case ok
            /// Only some things cannot be done.
            case note
            /// Nothing runs, or a model of the user's cannot be used.
            case problem
        }

        package var state: State
        package var what: String
        package var found: String
        /// What to do about it.
        package var fix: String?
    }

    package private(set) var findings: [Finding] = []
    package var isHealthy: Bool { findings.allSatisfy { $0.state != .problem } }

    package init(_ access: Access) async {
        add("IDRKit", IDRKitVersion.current)
        await checkCompiler()
        checkRuntime()
        checkModels()
        await checkAddedModels()
        await checkProgram("bwrap", for: "--sandbox", fix: "apt-get install bubblewrap")
        await checkProgram("ssh-keygen", for: "sign, and the check of signatures", fix: "apt-get install openssh-client")
        if access.aspera?.isOn == true {
            await checkProgram(access.aspera?.executable ?? "ascp", for: "the source aspera", fix: "install IBM Aspera's ascp")
        }
        checkSpace(FileManager.default.currentDirectoryPath, called: "space for results")
        checkSpace(ScriptCache.base, called: "space for caches")
        if let mirror = access.mirror { checkMirror(mirror) }
        await checkNetwork(access)
    }

    private mutating func add(_ what: String, _ found: String, _ state: Finding.State = .ok, fix: String? = nil) {
        findings.append(Finding(state: state, what: what, found: found, fix: fix))
    }

    private mutating func checkCompiler() async {
        do {
            let support = try ScriptSupport.find()
            add("Swift compiler", try await support.toolchain.version())
            add("library for scripts", support.library)
        } catch {
            let error = error as? IDRError
            add(
                "Swift compiler and library", error?.problem ?? "not found", .problem,
                fix: error?.advice ?? "install Swift 6 and put swiftc on the PATH")
        }
    }

    private mutating func checkRuntime() {
        let environment = ProcessInfo.processInfo.environment
        do {
            let library = try ScriptSupport.find().library
            let search = ONNXLibrarySearch(
                override: environment[ONNXLibrarySearch.setting].flatMap { $0.isEmpty ? nil : $0 }, binaries: [library], home: environment["HOME"])
            if let file = try search.file() { return add("ONNX Runtime", file) }
            add("ONNX Runtime", "left to the system's loader", .note, fix: ONNXLibrarySearch.advice)
        } catch {
            add("ONNX Runtime", (error as? IDRError)?.problem ?? "not found", .problem, fix: ONNXLibrarySearch.advice)
        }
    }

    private mutating func checkModels() {
        for (name, suffix) in [(Segmentation.defaultModel.name, ".pth"), ("efficientnet-lite0", ".pth")] {
            do throws(IDRError) {
                let file = try ModelStore.standard.file(of: name, ending: [suffix])
                let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber)?.intValue ?? 0
                add("model \(name)", "\(URL(fileURLWithPath: file).lastPathComponent), \(PeopleText.size(size))")
            } catch {
                add("model \(name)", error.problem, .problem, fix: error.advice ?? "run make setup in the package")
            }
        }
    }

    private mutating func checkAddedModels() async {
        let store = ModelStore.standard
        let added = store.added
        guard !added.isEmpty else { return }
        add("models of yours", "\(added.count) (\(added.map(\.name).joined(separator: ", ")))")
        for model in added {
            do {
                try await store.check(model)
            } catch {
                let known = error as? IDRError
                add(
                    "model \(model.name)", [known?.problem ?? "\(error)", known?.reason].compactMap(\.self).joined(separator: ": "), .problem,
                    fix: "idrscript models remove \(model.name), and add it again")
            }
        }
    }

    private mutating func checkProgram(_ name: String, for use: String, fix: String) async {
        let end = try? await ChildProcess.find(name).map { ChildProcess($0, ["--version"]) }?.run()
        end == nil ? add(name, "not found; without it there is no \(use)", .note, fix: fix) : add(name, "found, for \(use)")
    }

    private mutating func checkSpace(_ path: String, called name: String) {
        var place = URL(fileURLWithPath: path)
        while !FileManager.default.fileExists(atPath: place.path), place.path != "/" { place.deleteLastPathComponent() }
        var status = statvfs()
        guard statvfs(place.path, &status) == 0 else { return add(name, "\(place.path) cannot be asked", .note) }
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        let isWritable = access(place.path, W_OK) == 0
        let state: Finding.State = !isWritable ? .problem : free < 2_000_000_000 ? .note : .ok
        add(
            name, "\(PeopleText.size(free)) free at \(place.path)\(isWritable ? "" : ", which is not writable")", state,
            fix: state == .ok
                ? nil : isWritable ? "a batch of ten images takes about 25 MB: make room, or choose another disk" : "choose another folder")
    }

    private mutating func checkMirror(_ mirror: String) {
        let isThere = FileManager.default.fileExists(atPath: mirror + "/.")
        add("mirror", mirror, isThere ? .ok : .problem, fix: isThere ? nil : "check --mirror, IDRKIT_MIRROR and the configuration")
    }

    /// Whether the hosts of the settings answer at all; what they answer is the business of `--live`.
    private mutating func checkNetwork(_ access: Access) async {
        if access.freshness == .offline { return add("network", "not used, as --offline or the configuration says", .note) }
        let addresses = [access.services, access.zarr, access.files].flatMap { $0 ?? [] }.compactMap { try? RemoteURL($0) }
        let hosts = Dictionary(addresses.map { ($0.host, $0) }) { first, _ in first }.sorted { $0.key < $1.key }.map(\.value)
        let failures = await withTaskGroup { group in
            for address in hosts { group.addTask { (address.host, await Self.failure(of: address)) } }
            return await group.reduce(into: [String: String?]()) { $0[$1.0] = $1.1 }
        }
        for address in hosts {
            let failure = failures[address.host] ?? nil
            add(
                "network, \(address.host)", failure ?? "answers", failure == nil ? .ok : .note,
                fix: failure.map { _ in "check the connection; a mirror (--mirror) and --offline need none" })
        }
    }

    /// Why a host is out of reach, after one short try.
    private static func failure(of address: RemoteURL) async -> String? {
        var (policy, limits) = (RetryPolicy(), ExchangeLimits())
        (policy.attempts, policy.firstContactAttempts) = (0, 0)
        (limits.connecting, limits.stall) = (5, 5)
        do {
            _ = try await RemoteClient(policy: policy, limits: limits).get(address, limit: 1 << 20, missing: true)
            return nil
        } catch {
            // Whoever refuses has answered.
            guard let error = error as? IDRError, [.transfer, .unreachable].contains(error.code) else { return nil }
            return error.reason ?? error.problem
        }
    }
}
