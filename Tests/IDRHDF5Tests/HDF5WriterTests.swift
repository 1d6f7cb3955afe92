import Foundation
import IDRHDF5
import IDRPlan
import TestSupport
import Testing

@Suite struct HDF5WriterTests {
    @HDF5Actor static func write(_ path: String) throws {
        let file = try HDF5Writer(path)
        try file.makeGroup("/a")
        try file.makeGroup("/a/b")
        try file.write("/a/matrix", [Float(1), 2, 3, 4, 5, .nan], shape: [2, 3])
        try file.write("/a/b/none", [Double](), shape: [0, 7])
        try file.write("/bytes", [UInt8(0), 255], shape: [2])
        try file.write("/words", [UInt16(0), 65_535], shape: [2])
        try file.write("/long", [Int64.min, .max], shape: [1, 2])
        try file.write("/one", [Int32(-5)], shape: [])
        try file.write("/names", strings: ["", "µm", "two\nlines"])
        try file.write("/noNames", strings: [])
        try file.write("/name", string: "plate")
        try file.setAttribute("version", string: "0.1.0")
        try file.setAttribute("columns", of: "/a", strings: ["x", "", "z"])
        try file.setAttribute("noColumns", of: "/a", strings: [])
        try file.setAttribute("size", of: "/a/matrix", [Int32(2), 3], shape: [2])
        try file.setAttribute("ordered", of: "/a/b", flag: true)
        try file.commit()
    }

    @Test func everythingReadsBack() async throws {
        let folder = try ScratchFolder()
        try await HDF5WriterTests.write(folder("x.h5"))
        #expect(folder.contents == ["x.h5"])
        let file = try await HDF5Reader(folder("x.h5"))
        #expect(try await file.children() == ["a", "bytes", "long", "name", "names", "noNames", "one", "words"])
        let matrix = try await file.read("/a/matrix", as: Float.self)
        #expect(matrix.dropLast() == [1, 2, 3, 4, 5])
        #expect(matrix.last?.isNaN == true)
        let info = try await file.info(of: "/a/matrix")
        #expect(info.shape == [2, 3])
        #expect(info.type == .float32)
        #expect(info.chunk == nil)
        #expect(try await file.info(of: "/a/b/none").shape == [0, 7])
        #expect(try await file.read("/bytes", as: UInt8.self) == [0, 255])
        #expect(try await file.read("/words", as: UInt16.self) == [0, 65_535])
        #expect(try await file.read("/long", as: Int64.self) == [.min, .max])
        #expect(try await file.read("/one", as: Int32.self) == [-5])
        #expect(try await file.info(of: "/one").shape == [])
        #expect(try await file.readStrings("/names") == ["", "µm", "two\nlines"])
        #expect(try await file.readStrings("/noNames") == [])
        #expect(try await file.readStrings("/name") == ["plate"])
        #expect(try await file.attributeStrings("version") == ["0.1.0"])
        #expect(try await file.attributeStrings("columns", of: "/a") == ["x", "", "z"])
        #expect(try await file.attributeStrings("noColumns", of: "/a") == [])
        #expect(try await file.attribute("size", of: "/a/matrix", as: Int32.self) == [2, 3])
        #expect(try await file.attributeNames(of: "/a/b") == ["ordered"])
    }

    /// Larger than the pieces in which HDF5 takes memory.
    @Test func largeFilesHaveNothingAtTheirEnd() async throws {
        let folder = try ScratchFolder()
        let values = (0..<1_500_001).map { Float($0) }
        try await HDF5Actor.run {
            let file = try HDF5Writer(folder("x.h5"))
            try file.write("/x", values, shape: [values.count])
            try file.write("/names", strings: values.prefix(20_000).map(\.description))
            try file.commit()
        }
        let read = try await HDF5Reader(folder("x.h5"))
        #expect(try await read.read("/x", as: Float.self) == values)
        #expect(try await read.readStrings("/names").last == "19999.0")
        let size = try folder.bytes("x.h5").count
        #expect(size > values.count * 4 && !size.isMultiple(of: 1 << 20))
    }

    /// HDF5's times are seconds since 1970, in 4 bytes.
    @Test func sameContentIsSameBytesAtAnotherTime() async throws {
        let folder = try ScratchFolder()
        let start = UInt32(Date().timeIntervalSince1970)
        try await HDF5WriterTests.write(folder("x.h5"))
        let end = UInt32(Date().timeIntervalSince1970)
        try await HDF5WriterTests.write(folder("y.h5"))
        let bytes = try folder.bytes("x.h5")
        #expect(try bytes == folder.bytes("y.h5"))
        for time in start...end { #expect(!bytes.contains(withUnsafeBytes(of: time.littleEndian, Array.init))) }
    }

    @Test @HDF5Actor func failuresLeaveNothing() throws {
        let folder = try ScratchFolder()
        let path = folder("x.h5")
        #expect(throws: IDRError.self) {
            let file = try HDF5Writer(path)
            try file.write("/missing/x", [Float(1)], shape: [1])
            try file.commit()
        }
        #expect(throws: IDRError.self) {
            let file = try HDF5Writer(path)
            try file.write("/x", [Float(1)], shape: [2])
            try file.commit()
        }
        #expect(throws: IDRError.self) {
            let file = try HDF5Writer(path)
            try file.makeGroup("/a")
            try file.makeGroup("/a")
            try file.commit()
        }
        #expect(folder.contents.isEmpty)
        let error = #expect(throws: IDRError.self) { _ = try HDF5Writer(folder("none/x.h5")) }
        #expect(error?.problem.contains("none/x.h5") == true)
    }

    @Test func fullDiskLeavesNoHDF5File() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let folder = try ScratchFolder()
            limitFileSize(to: 1 << 16)
            var outcome = Int32(1)
            do {
                try await writeLargeHDF5(to: folder("x.h5"))
            } catch let error as IDRError {
                outcome = error.reason == "File too large" && error.code == .system && folder.contents.isEmpty ? 0 : 2
            }
            // The library must still work after the failure.
            try await writeSmallHDF5(to: folder("y.h5"))
            if folder.contents != ["y.h5"] { outcome = 3 }
            try? FileManager.default.removeItem(atPath: folder.path)
            exit(outcome)
        }
    }
}

@HDF5Actor private func writeLargeHDF5(to path: String) throws {
    let file = try HDF5Writer(path)
    try file.write("/x", [Float](repeating: 1, count: 1 << 20), shape: [1 << 20])
    try file.commit()
}

@HDF5Actor private func writeSmallHDF5(to path: String) throws {
    let file = try HDF5Writer(path)
    try file.write("/x", [Float(1)], shape: [1])
    try file.commit()
}
