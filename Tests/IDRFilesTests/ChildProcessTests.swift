import Foundation
import IDRFiles
import IDRPlan
import TestSupport
import Testing

@Suite(.serialized) struct ChildProcessTests {
    /// A shell script, with what it prints kept.
    private func shell(_ script: String, _ arguments: String..., limit: Int = 1 << 16) -> ChildProcess {
        var child = ChildProcess("/bin/sh", ["-c", script, "sh"] + arguments, environment: ["PATH": "/usr/bin:/bin"])
        (child.output, child.errors) = (.kept(limit), .kept(limit))
        return child
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func exists(_ process: Int32) -> Bool { kill(process, 0) == 0 }

    /// The number that the child writes into `file`, once it is there.
    private func process(in file: String) async throws -> Int32 {
        for _ in 0..<1000 {
            if let text = try? String(contentsOfFile: file, encoding: .utf8), let number = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
            {
                return number
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw IDRError(.system, "the child has not begun")
    }

    @Test func argumentsAreNoShellWords() async throws {
        let end = try await shell("printf '%s|' \"$@\"; echo why >&2; exit 3", "a b", "$(id)", "", "é'\"").run()
        #expect(text(end.output) == "a b|$(id)||é'\"|" && text(end.errors) == "why\n")
        #expect(end.status == 3 && end.signal == nil && end.reason == nil && !end.isSuccess)
    }

    @Test func aSignalIsReported() async throws {
        let end = try await shell("kill -USR1 $$").run()
        #expect(end.signal == SIGUSR1 && end.status == 128 + SIGUSR1 && !end.isSuccess)
    }

    @Test func nameEnvironmentAndFolderAreGiven() async throws {
        let folder = try ScratchFolder()
        var child = ChildProcess(
            "/bin/sh", ["-c", "tr '\\0' '|' < /proc/$$/cmdline; pwd; env | sort | grep IDR"], named: "other", environment: ["IDR": "x"])
        child.environment["PATH"] = "/usr/bin:/bin"
        child.folder = folder.path
        child.output = .kept(1 << 16)
        let lines = text(try await child.run().output).split(separator: "\n")
        #expect(lines.first?.hasPrefix("other|-c|") == true && lines.last == "IDR=x")
        #expect(lines.contains { $0.hasSuffix(URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path) })
    }

    @Test func nothingIsInherited() async throws {
        let folder = try ScratchFolder()
        // Without close-on-exec, as libraries open files.
        let door = open(folder.path, O_RDONLY)
        defer { close(door) }
        let end = try await shell("ls -l /proc/self/fd | sed 's/.*[0-9] \\([0-9]* ->\\)/\\1/' | grep -- '->'").run()
        let numbers = text(end.output).split(separator: "\n").compactMap { Int($0.split(separator: " ")[0]) }
        // The last is ls's own look at the folder.
        #expect(numbers.sorted().dropLast() == [0, 1, 2] && !text(end.output).contains(folder.path), "\(text(end.output))")
        #expect(text(end.output).contains("0 -> /dev/null"))
    }

    @Test func filesAreHandedOnByNumber() async throws {
        let (three, seven) = (try OpenDescriptor.holding(Array("three".utf8)), try OpenDescriptor.holding(Array("seven".utf8)))
        var child = shell("cat <&3; cat <&7; : <&5")
        child.handed = [7: seven.number, 3: three.number]
        let end = try await child.run()
        #expect(text(end.output) == "threeseven" && end.status != 0, "5 is not open: \(text(end.errors))")
    }

    @Test func bytesAreRead() async throws {
        var child = shell("wc -c; wc -c < /dev/null")
        child.input = .bytes([UInt8](repeating: 65, count: 1 << 20))
        #expect(text(try await child.run().output).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == ["1048576", "0"])
    }

    /// More than pipes hold on both of them, and no more of it in memory than asked for.
    @Test func bothOutputsAreTakenAtOnce() async throws {
        let end = try await shell("seq 200000 & seq 200000 >&2; wait", limit: 1000).run()
        for bytes in [end.output, end.errors] {
            #expect(bytes.count <= 2000 && text(bytes).hasSuffix("\n200000\n"))
            #expect(text(bytes).split(separator: "\n").first.map { (100_000...200_000).contains(Int($0) ?? 0) && $0.count == 6 } == true)
        }
        var together = shell("echo one; echo two >&2; echo three")
        together.errors = nil
        #expect(text(try await together.run().output) == "one\ntwo\nthree\n")
    }

    @Test func whatItStartedEndsWithIt() async throws {
        let folder = try ScratchFolder()
        let end = try await shell("sleep 600 & echo $! > \"$1\"; echo done", folder("left")).run()
        #expect(text(end.output) == "done\n" && end.isSuccess)
        let left = try await process(in: folder("left"))
        // Ended, and taken by whoever takes orphans here.
        var isThere = true
        for _ in 0..<1000 where isThere {
            isThere = exists(left) && (try? String(contentsOfFile: "/proc/\(left)/stat", encoding: .utf8))?.contains(") Z") == false
            if isThere { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(!isThere)
    }

    @Test func inTheSharedGroupWhatItStartedGoesOn() async throws {
        let folder = try ScratchFolder()
        var child = shell("sleep 600 & echo $! > \"$1\"; echo done", folder("left"))
        child.group = .shared
        let end = try await child.run()
        let left = try await process(in: folder("left"))
        #expect(text(end.output) == "done\n" && end.isSuccess && exists(left))
        kill(left, SIGKILL)
    }

    @Test func cancellingAsksAndThenEnds() async throws {
        let folder = try ScratchFolder()
        for (script, grace) in [("trap 'echo asked > \"$1.asked\"; exit 0' TERM; ", 600.0), ("trap '' TERM; ", 0.05)] {
            var child = shell(script + "echo $$ > \"$1\"; while :; do sleep 0.01; done", folder("begun"))
            child.deadline.grace = grace
            let running = Task { [child] in try await child.run() }
            let process = try await process(in: folder("begun"))
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(!exists(process), "no zombie is left")
            try FileManager.default.removeItem(atPath: folder("begun"))
        }
        #expect(folder.contents == ["begun.asked"])
    }

    @Test func deadlinesEndIt() async throws {
        var child = shell("trap 'exit 5' TERM; while :; do sleep 0.01; done")
        child.deadline.longest = 0.1
        let late = try await child.run()
        #expect(late.reason == .tooLong && late.status == 5 && !late.isSuccess)
        child.deadline.longest = nil
        child.deadline.stall = 0.1
        #expect(try await child.run().reason == .stalled)
        // Longer than that in all, but it speaks.
        var speaking = shell("for i in $(seq 40); do echo $i; sleep 0.05; done")
        speaking.deadline.stall = 1.5
        #expect(try await speaking.run().isSuccess)
    }

    @Test func anotherThreadAsks() async throws {
        let folder = try ScratchFolder()
        let stop = ChildStop()
        let asking = Task {
            _ = try await process(in: folder("begun"))
            stop.ask(SIGINT)
        }
        let script = "trap 'exit 130' INT; echo $$ > \"$1\"; while :; do sleep 0.01; done"
        let end = try await shell(script, folder("begun")).run(stop)
        #expect(end.status == 130 && end.reason == .stopped && end.signal == nil)
        try await asking.value
        let early = ChildStop()
        early.end()
        let ended = try await shell("trap '' TERM; exec sleep 600").run(early)
        #expect(ended.signal == SIGKILL && ended.reason == .stopped)
        var other = shell("exec sleep 600")
        other.asking = { process, signal in
            #expect(signal == SIGTERM)
            kill(process, SIGUSR2)
        }
        let asked = ChildStop()
        asked.ask()
        #expect(try await other.run(asked).signal == SIGUSR2)
    }

    @Test func whatCannotBeStartedIsSaid() async throws {
        let folder = try ScratchFolder()
        let error = await #expect(throws: IDRError.self) { try await ChildProcess(folder("none")).run() }
        #expect(error?.problem == "\(folder("none")) cannot be started" && error?.reason == "No such file or directory")
        var nowhere = shell("true")
        nowhere.folder = folder("none")
        #expect(throws: IDRError.self) { try nowhere.runHere() }
    }

    @Test func programsAreFoundOnThePath() throws {
        let folder = try ScratchFolder()
        try FileManager.default.createDirectory(atPath: folder("a/tool"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder("b"), withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: folder("b/tool")))
        let environment = ["PATH": "\(folder("a")):\(folder("b")):/usr/bin:/bin"]
        #expect(ChildProcess.find("tool", environment: environment) == nil)
        chmod(folder("b/tool"), 0o755)
        #expect(ChildProcess.find("tool", environment: environment) == folder("b/tool"))
        #expect(ChildProcess.find(folder("b/tool"), environment: [:]) == folder("b/tool"))
        #expect(ChildProcess.find("sh", environment: [:]) == nil && ChildProcess.find("sh", environment: environment) != nil)
    }
}
