import Foundation
package import IDRFiles
package import IDRTransfer

/// A program that behaves as `ascp` does, or misbehaves: a shell script that a test writes.
///
/// In the script `$dest` is the file to write and `$n` the number of the run, from 1. What the program was given is kept in files beside it.
package struct StandInAscp {
    package let folder: ScratchFolder
    package var settings: AsperaSettings

    package var part: PartialFile { PartialFile(path: folder("out/data.part")) }
    /// Where the program is told to write.
    package var destination: String { part.path + ".ascp" }

    package init(_ script: String, secret: String? = nil) throws {
        folder = try ScratchFolder()
        try FileManager.default.createDirectory(atPath: folder("out"), withIntermediateDirectories: false)
        try Data("a key".utf8).write(to: URL(fileURLWithPath: folder("key")))
        let text = """
            #!/bin/sh
            here='\(folder.path)'
            echo run >> "$here/runs"
            n=$(wc -l < "$here/runs")
            n=$((n))
            printf '%s\\n' "$@" > "$here/arguments"
            env | sort > "$here/environment"
            for dest in "$@"; do :; done
            \(script)

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder("ascp")))
        chmod(folder("ascp"), 0o755)
        settings = AsperaSettings(key: folder("key"))
        settings.program = folder("ascp")
        settings.passPhrase = secret.map { Secret($0) }
        settings.policy.firstWait = 0.001
        settings.policy.longestBackOff = 0.002
        settings.stall = 5
        settings.longest = 120
        settings.grace = 0.3
    }

    package var runs: Int { (try? String(contentsOfFile: folder("runs"), encoding: .utf8))?.split(separator: "\n").count ?? 0 }

    package func lines(_ name: String) -> [String] {
        ((try? String(contentsOfFile: folder(name), encoding: .utf8)) ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            .dropLast()
    }

    package func fetch(
        _ path: String = "/pub/databases/IDR/x.ch5", expected: Int? = nil,
        environment: [String: String] = ["PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"], tally: TransferTally? = nil,
        verify: (String) async throws -> Void = { _ in }
    ) async throws -> FetchedFile {
        try await AsperaClient(settings, environment: environment).fetch(path, into: part, expected: expected, tally: tally, verify: verify)
    }

    /// Whether the process whose number the script wrote to the file `name` runs; waits a little for its end.
    package func isRunning(_ name: String) async throws -> Bool {
        guard let process = lines(name).first.flatMap({ pid_t($0) }) else { return true }
        for _ in 0..<100 {
            // A zombie that nobody has reaped is dead too.
            let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            if state == nil || state?.contains(") Z ") == true { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    package func waitFor(_ name: String) async throws {
        for _ in 0..<500 where lines(name).isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    }
}
