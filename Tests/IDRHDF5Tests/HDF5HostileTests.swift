import Foundation
import IDRFiles
import IDRFormats
import IDRHDF5
import IDRPlan
import TestSupport
import Testing

/// Files whose declared sizes no file can have; `Tests/Fixtures/hostile/README.md` says which is what.
enum HostileFiles {
    static let folder = CellH5Files.fixtures.appendingPathComponent("hostile").path

    static var movies: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".ch5") }.sorted()
    }

    /// Reads all that a run would read, and the label images.
    static func read(_ movie: CellH5Movie) async throws {
        for frame in Set([1, 2, movie.extent.frames]).sorted() where frame <= movie.extent.frames {
            _ = try await movie.plane(PlaneIndex(frame: frame))
            if !movie.regionNames.isEmpty { _ = try await movie.labels(PlaneIndex(frame: frame)) }
        }
    }
}

/// A file in memory that is read in parts, as one on a server.
struct MemoryFile: RangedBytes {
    let name: String
    let bytes: [UInt8]
    var length: Int { bytes.count }

    init(_ path: String) throws {
        name = path
        bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func read(_ range: Range<Int>) async throws -> [UInt8] { Array(bytes[range]) }
}

@Suite struct HDF5HostileTests {
    @Test(arguments: HostileFiles.movies)
    func noMovieTraps(name: String) async throws {
        let path = "\(HostileFiles.folder)/\(name)"
        for isRemote in [false, true] {
            let error = await #expect(throws: IDRError.self, "\(name), in parts: \(isRemote)") {
                let reader = isRemote ? try await HDF5Reader(MemoryFile(path)) : try await HDF5Reader(path)
                try await HostileFiles.read(CellH5Movie(reader))
            }
            #expect(error.map { $0.description.contains(path) } == true, "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        ("many_channels.ch5", "at most 1024 channels"), ("many_frames.ch5", "1048576 frames"), ("many_names.ch5", "1125899906842624 elements"),
        ("huge_chunk.ch5", "a chunk of dataset"), ("huge_string.ch5", "compounds of 1073741824 bytes"), ("pixel_chunks.ch5", "elements of 1 bytes"),
        ("text_bomb.ch5", "holds strings of more than"), ("unwritten_plane.ch5", "30000 x 30000 elements of 2 bytes"),
    ])
    func theErrorSaysWhatIsWrong(name: String, words: String) async throws {
        let path = "\(HostileFiles.folder)/\(name)"
        let error = await #expect(throws: IDRError.self) { try await HostileFiles.read(CellH5Movie(reading: path)) }
        #expect(error?.description.contains(words) == true && error?.description.contains("/channel") == true, "\(String(describing: error))")
    }

    /// All of them in a process of their own, whose memory nothing else takes.
    @Test func noMovieTakesMuchMemoryOrTime() async {
        await #expect(processExitsWith: .exitCode(0)) {
            for name in HostileFiles.movies {
                let start = ContinuousClock.now
                let path = "\(HostileFiles.folder)/\(name)"
                do { try await HostileFiles.read(CellH5Movie(reading: path)) } catch {}
                do { try await HostileFiles.read(CellH5Movie(HDF5Reader(MemoryFile(path)))) } catch {}
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                let memory = try peakMemory()
                guard memory < 400 << 20, seconds < 20 else {
                    FileHandle.standardError.write(Data("\(name): \(memory >> 20) MB, \(seconds) s\n".utf8))
                    exit(1)
                }
            }
            exit(0)
        }
    }

    @Test func longNamesAreWhole() async throws {
        let reader = try await HDF5Reader("\(HostileFiles.folder)/long_names.hdf5")
        #expect(try await reader.children(of: "/sample/0/plate") == [String(repeating: "P", count: 5000)])
        #expect(try await reader.attributeNames(of: "/sample/0").map(\.count) == [20_000, 3_000])
        #expect(try await reader.attributeStrings(String(repeating: "b", count: 3000), of: "/sample/0") == ["text"])
    }

    @Test func aDamagedAttributeIsNoTrap() async throws {
        for name in ["attribute_text_size.hdf5", "attribute_count.hdf5"] {
            let path = "\(HostileFiles.folder)/\(name)"
            let error = await #expect(throws: IDRError.self) { try await HDF5Reader(path).attributeStrings("layer_names") }
            let text = error?.problem ?? ""
            #expect(text.contains("attribute layer_names of /") && text.contains(path), "\(String(describing: error))")
        }
    }
}

/// The messages are values that another process can be sent.
@Suite struct HDF5MessageTests {
    private func sent<T: Codable>(_ value: T) throws -> T { try JSONDecoder().decode(T.self, from: JSONEncoder().encode(value)) }

    /// A movie read with requests and replies that went through their encoded form.
    @Test(arguments: ["superblock0_deflate_uint16.ch5", "superblock3_contiguous_uint8.ch5"])
    func aMovieIsReadThroughEncodedMessages(name: String) async throws {
        let file = try MemoryFile(CellH5Files.path(name))
        func ask(_ request: HDF5Request) async throws -> HDF5Reply { try sent(await HDF5Service.shared.answer(sent(request))) }
        guard case .opened(let number) = try await ask(.open(.pages(name: name, length: file.length))) else { throw IDRError(.system, "not opened") }
        func answer(_ question: HDF5Question) async throws -> HDF5Answer {
            for _ in 0..<20 {
                switch try await ask(.ask(question, of: number)) {
                case .answer(let answer): return answer
                case .missing(let ranges):
                    for range in ranges {
                        guard case .done = try await ask(.supply(RawNumbers(file.read(range)), at: range.lowerBound, to: number)) else { break }
                    }
                case .failed(let error): throw error
                case .opened, .done: break
                }
            }
            throw IDRError(.system, "no answer")
        }
        let dataset = "/sample/0/plate/TEST_01/experiment/00004/position/0001/image/channel"
        guard case .object(.dataset(let info)?) = try await answer(.object(dataset)) else { throw IDRError(.system, "no dataset") }
        #expect(info.shape == [2, 3, 1, 12, 16])
        let block = HDF5Block(offset: [1, 2, 0, 0, 0], count: [1, 1, 1, 12, 16])
        guard case .blocks(let blocks, nil) = try await answer(.blocks([block], of: dataset, as: .int32)) else { throw IDRError(.system, "no block") }
        let factor: Int32 = info.type == .uint16 ? 257 : 1
        #expect(blocks == [.int32(CellH5Files.plane(c: 1, t: 2).map { Int32($0) * factor })])
        guard case .done = try await ask(.close(number)), case .failed = try await ask(.ask(.object("/"), of: number)) else {
            throw IDRError(.system, "a closed file answers")
        }
    }

    @Test func bytesThatAreNoPagesAreRefused() async throws {
        guard case .opened(let number) = await HDF5Service.shared.answer(.open(.pages(name: "x", length: 100_000))) else { return }
        for (count, offset) in [(10, 0), (1 << 14, 5), (1 << 14, 98_304), (1 << 14, -(1 << 14))] {
            guard case .failed = await HDF5Service.shared.answer(.supply(RawNumbers([UInt8](repeating: 0, count: count)), at: offset, to: number))
            else {
                Issue.record("\(count) bytes at \(offset) were taken")
                continue
            }
        }
        _ = await HDF5Service.shared.answer(.close(number))
    }
}

private func peakMemory() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
}
