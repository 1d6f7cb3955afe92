import Foundation
import IDRFiles
import IDRPlan
import IDRTransfer
import TestSupport
import Testing

/// `ascp` is started as agreed, is never waited for in vain, and never says more than it should.
@Suite(.serialized) struct AsperaTests {
    private static let good = "printf 'the movie' > \"$dest\""

    private func fails(_ ascp: StandInAscp, runs: Int? = nil) async -> AsperaFailure? {
        let failure = await #expect(throws: AsperaFailure.self) { try await ascp.fetch() }
        if let runs { #expect(ascp.runs == runs) }
        #expect(!FileManager.default.fileExists(atPath: ascp.part.path))
        return failure
    }

    @Test func aGoodTransferIsTakenAtOnce() async throws {
        let ascp = try StandInAscp("echo chatter; \(Self.good); touch \"$dest.aspx\"")
        let tally = TransferTally()
        let file = try await ascp.fetch(expected: 9, tally: tally)
        #expect(FileManager.default.contents(atPath: ascp.part.path) == Data("the movie".utf8))
        #expect(try file.sha256 == SHA256.digest(of: "the movie") && file.bytes == 9)
        #expect(file.source == "fasp-public@fasp.ebi.ac.uk:/pub/databases/IDR/x.ch5")
        #expect(ascp.folder.files(below: "out") == ["data.part"])
        #expect(tally.counts.requests == 1 && tally.counts.retries == 0 && tally.counts.bytes == 9)
    }

    @Test func theArgumentsAreExactlyThese() async throws {
        let ascp = try StandInAscp(Self.good)
        _ = try await ascp.fetch("/pub/a b/[x] #1;\u{E9}.ch5".replacing(";", with: ","))
        #expect(
            ascp.lines("arguments") == [
                "-T", "-Q", "-l", "500m", "-P", "33001", "-i", ascp.folder("key"), "-k", "2",
                "fasp-public@fasp.ebi.ac.uk:/pub/a b/[x] #1,\u{E9}.ch5", ascp.destination,
            ])
    }

    @Test func theEnvironmentIsSmallAndHoldsThePassPhrase() async throws {
        let ascp = try StandInAscp(Self.good, secret: "open sesame")
        _ = try await ascp.fetch(environment: ["PATH": "/usr/bin:/bin", "HOME": "/h", "LANG": "C", "AWS_SECRET_ACCESS_KEY": "x", "LD_PRELOAD": "y"])
        // The shell itself adds PWD, and on some systems _ and OLDPWD.
        let names = Set(ascp.lines("environment").compactMap { $0.split(separator: "=").first.map(String.init) })
            .subtracting(["PWD", "_", "OLDPWD", "SHLVL"])
        #expect(names == ["PATH", "HOME", "LANG", "ASPERA_SCP_PASS"])
        #expect(ascp.lines("environment").contains("ASPERA_SCP_PASS=open sesame"))
        #expect(!ascp.lines("arguments").contains { $0.contains("sesame") })
    }

    @Test func withoutAPassPhraseThereIsNone() async throws {
        let ascp = try StandInAscp(Self.good)
        _ = try await ascp.fetch(environment: ["PATH": "/usr/bin:/bin", "ASPERA_SCP_PASS": "of another"])
        #expect(!ascp.lines("environment").contains { $0.hasPrefix("ASPERA") })
        #expect(AsperaSettings([:]) == nil && AsperaSettings(["IDRKIT_ASPERA_KEY": ""]) == nil)
        let settings = try #require(AsperaSettings(["IDRKIT_ASPERA_KEY": "/k", "ASPERA_SCP_PASS": "open sesame"]))
        #expect(settings.key == "/k" && !"\(settings)".contains("sesame"))
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("sesame") && !String(reflecting: settings).contains("sesame"))
    }

    @Test func thereIsNothingToReadAndAGroupOfItsOwn() async throws {
        let ascp = try StandInAscp(
            """
            if read line; then echo typed > "$here/stdin"; else echo closed > "$here/stdin"; fi
            readlink /proc/$$/fd/0 > "$here/fd0"
            for fd in /proc/$$/fd/*; do readlink "$fd"; done > "$here/fds"
            cut -d' ' -f1,5 /proc/$$/stat > "$here/group"
            while read line; do case $line in SigBlk*|SigIgn*) echo $line;; esac; done < /proc/$$/status > "$here/signals"
            \(Self.good)
            """)
        // A file that a library left open for children.
        let leak = open("/dev/zero", O_RDONLY)
        defer { close(leak) }
        _ = try await ascp.fetch()
        #expect(ascp.lines("stdin") == ["closed"] && ascp.lines("fd0") == ["/dev/null"])
        let ids = ascp.lines("group")[0].split(separator: " ")
        #expect(ids.count == 2 && ids[0] == ids[1] && ids[0] != "\(getpgrp())")
        // The shell itself holds its script and its output open.
        let fds = ascp.lines("fds").filter { !$0.hasPrefix(ascp.folder.path) && !$0.hasPrefix("pipe:") }
        #expect(fds == ["/dev/null"], "\(ascp.lines("fds"))")
        // The C library keeps two of the real-time signals, from 32 on, for itself.
        let signals = ascp.lines("signals").map { $0.split(separator: " ").last.flatMap { UInt64($0, radix: 16) } ?? .max }
        #expect(signals.count == 2 && signals.allSatisfy { $0 & 0x7FFF_FFFF == 0 }, "\(signals)")
    }

    @Test(arguments: [
        "../x", "a/../../x", "", "a;rm -rf ~", "$(reboot)", "`x`", "a|b", "a*", "a?b", "a'b", "a\"b", "a\nb", "a&b", "a>b", "a\\b", "{a,b}",
    ])
    func remotePathsThatCouldLeadAwayAreRefused(path: String) async throws {
        let ascp = try StandInAscp(Self.good)
        let failure = await #expect(throws: AsperaFailure.self) { try await ascp.fetch(path) }
        #expect(failure?.error.code == .refused && ascp.runs == 0)
        guard case .failed = failure else { return #expect(Bool(false), "Aspera stays of use for other files") }
    }

    @Test func nothingIsTakenForAnOption() async throws {
        let ascp = try StandInAscp(Self.good)
        _ = try await ascp.fetch("-i/etc/passwd")
        #expect(ascp.lines("arguments")[10] == "fasp-public@fasp.ebi.ac.uk:/-i/etc/passwd")
        for (user, host) in [("-oProxyCommand=x", "h"), ("u", "-h"), ("u", "h x"), ("u", ""), ("u@v", "h"), ("u", "h:x")] {
            var other = ascp
            other.settings.user = user
            other.settings.host = host
            let failure = await #expect(throws: AsperaFailure.self) { try await other.fetch() }
            #expect(failure?.error.code == .refused)
        }
        var relative = AsperaSettings(key: "-key")
        relative.rate = "1m"
        let command = try AsperaCommand(relative, path: "x", to: "-out", environment: [:])
        #expect(command.arguments.dropFirst().filter { $0.hasPrefix("-") } == ["-T", "-Q", "-l", "-P", "-i", "-k"])
        relative.rate = "-1"
        #expect(throws: IDRError.self) { try AsperaCommand(relative, path: "x", to: "out", environment: [:]) }
    }

    @Test(arguments: [
        "echo 'ascp: failed to authenticate, exiting.' >&2; printf '\\r\\nSession Stop  (Error: failed to authenticate)\\n'; exit 1",
        "echo 'Session Stop  (Error: License not found or unable to access)'; exit 1", "echo 'Session Stop  (Error: License expired)'; exit 1",
        "echo 'Session Stop  (Error: Authentication failure)'; exit 1", "echo 'Session Stop  (Error: code 19)'; exit 1",
    ])
    func aRefusedLogInOrLicenceIsForAllFiles(script: String) async throws {
        let ascp = try StandInAscp(script)
        let failure = await fails(ascp, runs: 1)
        guard case .unavailable(let error) = failure else { return #expect(Bool(false), "\(String(describing: failure))") }
        #expect(error.problem == "Aspera is refused" && error.reason?.isEmpty == false && error.reason?.contains("Session") == false)
    }

    @Test func aMissingProgramOrKeyIsForAllFiles() async throws {
        let ascp = try StandInAscp(Self.good)
        var (noProgram, noKey, notInPath) = (ascp, ascp, ascp)
        noProgram.settings.program = ascp.folder("none")
        noKey.settings.key = ascp.folder("none")
        notInPath.settings.program = "ascp"
        for other in [noProgram, noKey, notInPath] {
            let failure = await fails(other, runs: 0)
            guard case .unavailable(let error) = failure else { return #expect(Bool(false), "\(String(describing: failure))") }
            #expect(error.reason?.isEmpty == false && error.advice != nil)
        }
        notInPath.settings.program = "ascp"
        #expect(try await notInPath.fetch(environment: ["PATH": "/nowhere:\(ascp.folder.path):/usr/bin:/bin"]).bytes == 9)
    }

    @Test(arguments: [
        "Failed to open TCP connection for SSH", "Session data transfer timeout (server), Session data transfer timeout", "Disk write failed",
        "UDP session initiation fatal error", "Server aborted session: code 61", "Timeout establishing data connection", "error code: 44",
    ])
    func whatMayPassIsTriedAgain(reason: String) async throws {
        let ascp = try StandInAscp("if [ $n -lt 3 ]; then echo 'Session Stop  (Error: \(reason))'; exit 1; fi; \(Self.good)")
        let tally = TransferTally()
        #expect(try await ascp.fetch(tally: tally).bytes == 9)
        #expect(ascp.runs == 3 && tally.counts.requests == 3 && tally.counts.retries == 2)
    }

    @Test func itGivesUpAfterSevenRepetitions() async throws {
        let ascp = try StandInAscp("echo 'Session Stop  (Error: Connection lost)'; exit 1")
        let failure = await fails(ascp, runs: 8)
        #expect(failure?.error.reason == "ascp says: Connection lost, after 8 tries")
    }

    @Test(arguments: [
        ("echo 'Session Stop  (Error: Server aborted session: No such file or directory)'; exit 1", "No such file"),
        ("echo 'Session Stop  (Error: Disk write failed: No space left on device)'; exit 1", "No space"), ("exit 1", "says nothing"),
        ("echo 'Something never heard of'; exit 1", "never heard of"), ("kill -SEGV $$", "signal 11"), ("exit 0", "left no file"),
        ("mkdir \"$dest\"", "left no file"), ("ln -s /etc/hostname \"$dest\"", "left no file"),
    ])
    func otherFailuresAreForThisFileAlone(script: String, reason: String) async throws {
        let failure = await fails(try StandInAscp(script), runs: 1)
        guard case .failed(let error) = failure else { return #expect(Bool(false), "\(String(describing: failure))") }
        // A file that the server lacks says nothing against the server.
        #expect(error.reason?.contains(reason) == true && error.code == (reason == "No such file" ? .missing : .transfer), "\(error)")
        #expect(error.subject == ["fasp-public@fasp.ebi.ac.uk:/pub/databases/IDR/x.ch5"])
    }

    /// Every error of the table is as it should be: seven tries, one, or none for any file.
    @Test func theTableOfErrorsIsKept() {
        let again = Set(12...18).union([23, 32, 33, 35, 36, 37, 39, 40, 44, 45, 61])
        for code in 0...70 {
            let report = AsperaReport("Session Stop  (Error: code \(code))")
            switch report {
            case .passing: #expect(again.contains(code))
            case .absent: #expect(code == 4)
            case .final: #expect(!again.contains(code) && ![19, 29, 30].contains(code))
            case .unavailable: #expect([9, 10, 19, 29, 30, 34, 38].contains(code))
            }
        }
    }

    @Test func aPartOfAFileIsGoneOnWith() async throws {
        let ascp = try StandInAscp(
            "if [ $n -eq 1 ]; then printf 'the ' > \"$dest\"; echo 'Session Stop  (Error: Connection lost)'; exit 1; fi; printf movie >> \"$dest\"")
        #expect(try await ascp.fetch().bytes == 9 && ascp.runs == 2)
    }

    @Test func aStallIsEndedAndTriedAgain() async throws {
        var ascp = try StandInAscp("if [ $n -eq 1 ]; then printf 'the ' > \"$dest\"; echo $$ > \"$here/pid\"; sleep 60; fi; \(Self.good)")
        ascp.settings.stall = 0.3
        #expect(try await ascp.fetch().bytes == 9 && ascp.runs == 2)
        #expect(try await !ascp.isRunning("pid"))
    }

    /// As long as the file grows or something is said, no stall: the transfer takes several times as long as a stall may.
    @Test(arguments: ["printf x >> \"$dest\"", "echo chatter", "printf x >> \"$dest.partial\""])
    func slowIsNotStalled(step: String) async throws {
        var ascp = try StandInAscp("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do \(step); sleep 0.1; done; \(Self.good)")
        ascp.settings.stall = 0.6
        #expect(try await ascp.fetch().bytes == 9 && ascp.runs == 1)
    }

    @Test func allTriesTogetherHaveALimit() async throws {
        var ascp = try StandInAscp("while :; do echo chatter; sleep 0.05; done")
        ascp.settings.longest = 0.5
        let failure = await fails(ascp, runs: 1)
        #expect(failure?.error.reason?.contains("longer than") == true)
    }

    /// Neither a program that ignores TERM nor what it has started outlives its end.
    @Test func theWholeGroupEnds() async throws {
        var ascp = try StandInAscp(
            "trap '' TERM; (trap '' TERM; sleep 3600) & echo $! > \"$here/grandchild\"; echo $$ > \"$here/pid\"; while :; do sleep 1; done")
        ascp.settings.stall = 0.3
        ascp.settings.policy.attempts = 0
        let start = Date()
        let failure = await fails(ascp, runs: 1)
        #expect(failure?.error.reason == "nothing came for 0 s, after 1 try")
        #expect(Date().timeIntervalSince(start) < 1000)
        #expect(try await !ascp.isRunning("pid"))
        #expect(try await !ascp.isRunning("grandchild"))
    }

    @Test func whatAGoodRunLeavesBehindEndsToo() async throws {
        let ascp = try StandInAscp("sleep 3600 & echo $! > \"$here/grandchild\"; \(Self.good)")
        let start = Date()
        #expect(try await ascp.fetch().bytes == 9)
        #expect(try await !ascp.isRunning("grandchild"))
        #expect(Date().timeIntervalSince(start) < 1000)
    }

    @Test func cancellingATaskEndsTheProgram() async throws {
        let ascp = try StandInAscp("printf 'the ' > \"$dest\"; echo $$ > \"$here/pid\"; sleep 60")
        let task = Task { try await ascp.fetch() }
        try await ascp.waitFor("pid")
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await !ascp.isRunning("pid"))
        // What is there is gone on with another time.
        #expect(ascp.folder.files(below: "out") == ["data.part.ascp"])
    }

    @Test(arguments: [
        "echo \"the pass phrase is $ASPERA_SCP_PASS\"; exit 1", "echo \"Session Stop  (Error: cannot use $ASPERA_SCP_PASS here)\"; exit 1",
        "echo \"ascp: failed to authenticate with $ASPERA_SCP_PASS, exiting.\"; exit 1",
        "i=0; while [ $i -lt 20000 ]; do echo \"chatter $ASPERA_SCP_PASS\"; i=$((i+1)); done; exit 1",
    ])
    func thePassPhraseIsNeverShown(script: String) async throws {
        let ascp = try StandInAscp(script, secret: "open sesame")
        let failure = await fails(ascp)
        let shown = "\(String(describing: failure)) \(String(reflecting: failure))"
        #expect(!shown.contains("sesame") && shown.contains("(secret)"), "\(shown)")
    }

    @Test func endlessOutputIsBounded() async throws {
        let ascp = try StandInAscp(
            "head -c 20000000 /dev/zero; echo; yes chatter | head -c 20000000; echo 'Session Stop  (Error: No such file)'; exit 1")
        let failure = await fails(ascp, runs: 1)
        #expect(failure?.error.reason == "ascp says: No such file")
    }

    @Test func aFileThatDoesNotStandTheCheckIsFetchedOnceMore() async throws {
        struct Wrong: Error {}
        let verify = { (path: String) in if FileManager.default.contents(atPath: path) != Data("the movie".utf8) { throw Wrong() } }
        let ascp = try StandInAscp("if [ $n -eq 1 ]; then printf 'the moose' > \"$dest\"; else \(Self.good); fi")
        #expect(try await ascp.fetch(verify: verify).bytes == 9 && ascp.runs == 2)
        let bad = try StandInAscp("printf '<html>' > \"$dest\"")
        let failure = await #expect(throws: AsperaFailure.self) { try await bad.fetch(verify: verify) }
        #expect(failure?.error.problem == "the file is not what it should be" && bad.runs == 2 && bad.folder.files(below: "out").isEmpty)
    }

    @Test func anotherLengthThanExpectedIsAnError() async throws {
        let ascp = try StandInAscp(Self.good)
        let failure = await #expect(throws: AsperaFailure.self) { try await ascp.fetch(expected: 10) }
        #expect(failure?.error.reason == "ascp left 9 of 10 bytes" && ascp.folder.files(below: "out").isEmpty)
    }
}
