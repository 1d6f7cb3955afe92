import Foundation
import IDRPlan
import IDRTables
import TestSupport
import Testing

/// Agreement with NumPy and pandas on numbers and arrays: `Tools/make_table_expectations.py`.
@Suite struct TextTests {
    @Test func numbersAreWrittenAsNumPyDoes() throws {
        var counts = (float32: 0, float64: 0)
        for line in try Fixture.text("tables/numbers.txt").split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 2)
            let text = parts.count > 2 ? String(parts[2]) : ""
            let bits = try #require(UInt64(parts[1], radix: 16))
            if parts[0] == "f" {
                #expect(PythonNumberText.of(Float(bitPattern: UInt32(bits))) == text)
                counts.float32 += 1
            } else if parts[0] == "d" {
                #expect(PythonNumberText.of(Double(bitPattern: bits)) == text)
                counts.float64 += 1
            }
        }
        #expect(counts.float32 > 1000 && counts.float64 > 800)
    }

    @Test func numbersAreReadAsPandasDoes() throws {
        var (count, inexact) = (0, 0)
        for line in try Fixture.text("tables/numbers.txt").split(separator: "\n") where line.hasPrefix("r") {
            let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            let text = String(parts[2])
            let expected = Double(bitPattern: try #require(UInt64(parts[1], radix: 16)))
            let value = try #require(PandasNumberReading.value(of: text), "\(text)")
            #expect(value.bitPattern == expected.bitPattern || value.isNaN && expected.isNaN, "\(text)")
            count += 1
            if Double(text) != value { inexact += 1 }
        }
        #expect(count > 500 && inexact > 30)
    }

    @Test(arguments: ["x", "1.5x", "1e", "1e+", "--1", "1.2.3", "1_0", "0x10", ".", "-", "1e400", "1e99999999999999999999", "123e400"])
    func otherTextsAreNoNumbers(text: String) { #expect(PandasNumberReading.value(of: text) == nil) }

    @Test func numbersReadBack() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let float = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random))
            if float.isFinite { #expect(Float(PythonNumberText.of(float)) == float) }
            let double = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
            if double.isFinite { #expect(Double(PythonNumberText.of(double)) == double) }
        }
    }

    private struct Pairs: Decodable {
        let points: [Int32]
        let text: String
    }

    @Test func arraysAreWrittenAsNumPyDoes() throws {
        let cases = try JSONDecoder().decode([Pairs].self, from: Data(Fixture.text("tables/pairs.json").utf8))
        #expect(cases.contains { $0.text.contains("...") })
        for array in cases { #expect(NumPyText.pairs(array.points, isAbbreviated: true) == array.text) }
    }

    @Test func allPointsAreKeptUnlessAbbreviated() {
        let points = (0..<1400).map(Int32.init)
        let text = NumPyText.pairs(points, isAbbreviated: false)
        #expect(text.split { !$0.isNumber }.compactMap { Int32($0) } == points)
        #expect(NumPyText.pairs(points, isAbbreviated: true).split(separator: "\n").count == 7)
    }
}
