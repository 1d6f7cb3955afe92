import Foundation
import IDRFiles
import IDRFormats
import IDRHDF5
import IDRImaging
import IDRPlan
import TestSupport
import Testing

/// What crashes a library that reads foreign bytes, crashes a process of ours that does nothing else.
@Suite struct ReaderProcessTests {
    private static let sound = CellH5Files.path("superblock0_deflate_uint16.ch5")

    @Test(arguments: [false, true])
    func aCrashCostsOneFile(inParts: Bool) async throws {
        let path = "\(HostileFiles.folder)/tree_in_itself.ch5"
        let before = try await CellH5Movie(reading: Self.sound)
        let error = await #expect(throws: IDRError.self) {
            let reader = inParts ? try await HDF5Reader(MemoryFile(path)) : try await HDF5Reader(path)
            try await HostileFiles.read(CellH5Movie(reader))
        }
        #expect(error?.code == .invalidInput && error?.subject.contains(path) == true, "\(String(describing: error))")
        #expect(error?.problem == "the reader of HDF5 files crashed on it (signal 11)")
        let after = try await CellH5Movie(reading: Self.sound)
        let index = PlaneIndex(frame: 2)
        #expect(try await before.plane(index) == after.plane(index))
    }

    /// What HDF5 does to memory that is not its own is not the same each time.
    @Test func whatMayCrashIsReadOrRefused() async throws {
        let path = "\(HostileFiles.folder)/s751.hdf5"
        for inParts in [false, true] {
            do {
                let reader = inParts ? try await HDF5Reader(MemoryFile(path)) : try await HDF5Reader(path)
                try await HostileFiles.read(CellH5Movie(reader))
            } catch let error as IDRError {
                #expect(error.code == .invalidInput && error.subject.contains(path), "\(error)")
            }
        }
    }

    /// A question after a crash is answered as the one that crashed, for the file is the same.
    @Test func whatCrashedStaysSo() async throws {
        let reader = try await HDF5Reader("\(HostileFiles.folder)/tree_in_itself.ch5")
        for _ in 0..<2 {
            let error = await #expect(throws: IDRError.self) { try await reader.children() }
            #expect(error?.problem.contains("crashed on it") == true)
        }
    }

    /// In a process of its own: its readers are nobody else's.
    @Test func whatSomebodyElseEndedIsReplaced() async {
        await #expect(processExitsWith: .exitCode(0)) {
            for _ in 0..<3 {
                _ = try await CellH5Movie(reading: CellH5Files.path("superblock0_deflate_uint16.ch5")).plane(PlaneIndex(frame: 1))
                let readers = try Readers.of(getpid())
                guard !readers.isEmpty else { exit(1) }
                for process in readers { kill(process, SIGKILL) }
            }
            exit(0)
        }
    }

    /// Again and again, as where memory has run out: that is no fault of the file.
    @Test func whatIsEndedEachTimeMayBeReadLater() async throws {
        await #expect(processExitsWith: .exitCode(0)) {
            let scratch = try ScratchFolder()
            // Whoever opens it waits for somebody who writes.
            guard mkfifo(scratch("pipe"), 0o600) == 0 else { exit(1) }
            let task = Task { try await HDF5Reader(scratch("pipe")) }
            var ended: Set<Int32> = []
            while ended.count < 2 {
                try await eventually("another reader waits") { try Readers.of(getpid()).contains { Readers.isOpening($0) && !ended.contains($0) } }
                for process in try Readers.of(getpid()) where Readers.isOpening(process) {
                    kill(process, SIGKILL)
                    ended.insert(process)
                }
            }
            do {
                _ = try await task.value
            } catch let error as IDRError where error.code == .unavailable && !error.endsRun {
                exit(0)
            }
            exit(2)
        }
    }

    @Test func oneReaderServesManyFiles() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let path = CellH5Files.path("superblock0_deflate_uint16.ch5")
            _ = try await CellH5Movie(reading: path)
            let first = try Readers.of(getpid())
            for _ in 0..<20 { _ = try await CellH5Movie(reading: path) }
            _ = try TIFFReader.decode(TIFFWriter.encode(labels: LabelImage(height: 2, width: 2, repeating: 1)))
            // A file that has just gone may still hold its reader when the next one wants one.
            let now = try Readers.of(getpid())
            guard first.count == 1, now.contains(first[0]), now.count <= 2 else { throw IDRError(.system, "\(first) and \(now)") }
            // Nothing of a file stays open that nobody reads.
            try await eventually("the file is closed") {
                let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(first[0])/fd")
                return !files.contains { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(first[0])/fd/\($0)")) == path }
            }
            exit(0)
        }
    }

    /// What it reads of a local file is what the frame needs; the kernel counts it.
    @Test func oneFrameOfALongMovieCostsFewBytes() async {
        await #expect(processExitsWith: .exitCode(0)) {
            _ = try await CellH5Movie(reading: CellH5Files.path("superblock0_deflate_uint16.ch5"))
            let reader = try Readers.of(getpid())[0]
            func bytesRead() throws -> Int {
                let text = try String(contentsOfFile: "/proc/\(reader)/io", encoding: .utf8)
                return text.split(separator: "\n").first.flatMap { Int($0.drop { !$0.isNumber }) } ?? 0
            }
            let path = CellH5Files.path("frames93.ch5")
            let size = try OnDisk.size(of: path)
            let before = try bytesRead()
            let plane = try await CellH5Movie(reading: path).plane(PlaneIndex(frame: 50))
            let read = try bytesRead() - before
            guard case .uint8(let pixels) = plane, Set(pixels.pixels) == [0, 1], read > 0, read < size * 3 / 93 + 20_000 else {
                throw IDRError(.system, "\(read) of \(size) bytes")
            }
            exit(0)
        }
    }

    @Test func noReaderOutlivesItsProgram() async throws {
        let result = try await #require(
            processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]
        ) {
            let movie = try await CellH5Movie(reading: CellH5Files.path("superblock0_deflate_uint16.ch5"))
            // Between lines: the testing library may print too.
            let line = "\nreaders \(try Readers.of(getpid()).map(String.init).joined(separator: " "))\n"
            FileHandle.standardOutput.write(Data(line.utf8))
            kill(getpid(), SIGKILL)
            _ = movie
        }
        let text = String(decoding: result.standardOutputContent, as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("readers ") })
        let readers = line.split(separator: " ").dropFirst().compactMap { Int32($0) }
        #expect(readers.count == 1)
        for process in readers { try await eventually("the reader has ended") { kill(process, 0) != 0 || Readers.isZombie(process) } }
    }

    /// Foreign bytes are never read here instead.
    @Test func whereNoneCanBeThatIsAnError() async {
        await #expect(processExitsWith: .exitCode(0)) {
            setenv("IDRKIT_READER", "x", 1)
            do {
                _ = try await CellH5Movie(reading: CellH5Files.path("superblock0_deflate_uint16.ch5"))
            } catch let error as IDRError where error.code == .reader && error.problem == "the reader of foreign files cannot be started" {
                exit(0)
            }
            exit(1)
        }
    }

    @Test func relativePathsMeanWhatTheyMeanHere() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let path = CellH5Files.path("superblock0_deflate_uint16.ch5")
            _ = try await CellH5Movie(reading: path)
            let url = URL(fileURLWithPath: path)
            guard chdir(url.deletingLastPathComponent().path) == 0 else { exit(1) }
            _ = try await CellH5Movie(reading: url.lastPathComponent)
            exit(0)
        }
    }

    @Test func numbersLieBesideTheText() throws {
        let values: [Float] = [1, -.infinity, .nan, 0.1]
        let sent = try JSONDecoder().decode(RawNumbers<Float>.self, from: JSONEncoder().encode(RawNumbers(values)))
        #expect(sent.values.map(\.bitPattern) == values.map(\.bitPattern))
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(RawNumbers<Float>.self, from: Data("\"AAAA\"".utf8)) }
    }
}

/// Readers' processes, by what the kernel says.
private enum Readers {
    static func of(_ parent: Int32) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { process in
            guard let fields = fields(process), fields.count > 1, Int32(fields[1]) == parent, fields[0] != "Z" else { return false }
            let words = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline"))) ?? Data()
            return words.starts(with: Data("idrkit-reader".utf8))
        }.sorted()
    }

    static func isZombie(_ process: Int32) -> Bool { fields(process)?.first == "Z" }

    /// Whether it waits in opening a pipe.
    static func isOpening(_ process: Int32) -> Bool {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        return threads.contains { thread in
            let place = (try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/wchan", encoding: .utf8)) ?? ""
            return place.contains("wait_for_partner") || place.contains("fifo")
        }
    }

    /// State, parent and what follows.
    private static func fields(_ process: Int32) -> [Substring]? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }
}
