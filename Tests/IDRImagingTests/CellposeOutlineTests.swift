import Foundation
import IDRImaging
import TestSupport
import Testing

extension CellposeTests {
    @Test(arguments: CellposeFixture.flowCases)
    func outlinesAndCentresEqualTheOriginal(name: String) async throws {
        let group = "/post/" + name
        for (labels, outlines, centers) in [
            ("masks_final", "all_outline", "all_centroid_xy"), ("masks_edge_removed", "outline", "centroid_xy"),
        ] {
            try await compare("\(group)/\(labels)", outlines: "\(group)/\(outlines)", centers: "\(group)/\(centers)")
        }
    }

    @Test func outlinesOfOddLabelsEqualTheOriginal() async throws {
        let group = "/post/odd_labels"
        try await compare(group + "/labels_in", outlines: group + "/outline", centers: group + "/centroid_xy")
        try await compare(group + "/two_in", outlines: group + "/two_outline", centers: group + "/two_centroid_xy")
    }

    private func compare(_ labels: String, outlines: String, centers: String) async throws {
        let found = Cellpose.outlines(of: try await CellposeFixture.labels(labels))
        #expect(found.points.flatMap { [$0.x, $0.y] } == (try await CellposeFixture.values(outlines + "_points_xy", as: Int32.self)))
        #expect(found.offsets == (try await CellposeFixture.values(outlines + "_offsets", as: Int32.self)).map(Int.init))
        let expected = try await CellposeFixture.values(centers, as: Double.self)
        let center = (0..<found.count).flatMap { found.center(of: $0).map { [$0.x, $0.y] } ?? [.nan, .nan] }
        #expect(center.map(\.bitPattern) == expected.map(\.bitPattern) || zip(center, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
        #expect(center.count == expected.count)
    }

    @Test(arguments: ["a", "b"])
    func centresAndOutlinesAreThoseOfThePublishedPipelinesTable(name: String) async throws {
        let labels = Cellpose.removingEdgeObjects(try await CellposeFixture.labels("/e2e/\(name)/masks"))
        #expect(labels == (try await CellposeFixture.labels("/e2e/\(name)/masks_edge_removed")))
        let outlines = Cellpose.outlines(of: labels)
        let text = try String(contentsOfFile: CellposeFixture.folder + "/e2e_\(name)_Nuclei.csv", encoding: .utf8)
        // A row is x,y,"outline"; only outlines hold quotes and line ends.
        let fields = text.drop { $0 != "\n" }.split(separator: "\"")
        #expect(fields.count == 2 * outlines.count + 1)
        for index in 0..<outlines.count {
            let center = try #require(outlines.center(of: index))
            #expect(fields[2 * index].split { $0 == "," || $0.isNewline }.compactMap { Double($0) } == [center.x, center.y])
            let points = fields[2 * index + 1].split { !$0.isNumber }.compactMap { Int32($0) }
            #expect(points == outlines[index].flatMap { [$0.x, $0.y] })
        }
    }

    @Test func aSpursPixelsComeTwiceAndTheLeftSideFirst() {
        let outline = Cellpose.outlines(of: drawing(".......", ".11....", ".11111.", ".11....", "......."))
        let points = outline[0].map { [$0.x, $0.y] }
        #expect(points == [[1, 1], [1, 2], [1, 3], [2, 3], [3, 2], [4, 2], [5, 2], [4, 2], [3, 2], [2, 1]])
        #expect(outline.center(of: 0)?.x == 2.6)
        #expect(outline.center(of: 0)?.y == 2)
    }

    @Test func aLineIsWalkedThereAndBack() {
        let outline = Cellpose.outlines(of: drawing("1111"))
        #expect(outline[0].map(\.x) == [0, 1, 2, 3, 2, 1])
    }

    @Test func outlinesOfFourPointsOrFewerAreEmptyAndHaveNoCentre() {
        let outlines = Cellpose.outlines(of: drawing("1.22.333.4444", "..22........."))
        #expect(outlines.labels == [1, 2, 3, 4])
        #expect(outlines.offsets == [0, 0, 0, 0, 6])
        #expect(outlines.center(of: 0) == nil && outlines.center(of: 1) == nil && outlines.center(of: 2) == nil)
        #expect(outlines.center(of: 3)?.x == 10.5)
    }

    @Test func ofSeveralPiecesTheLongestCountsOfEqualOnesTheLast() {
        let pieces = drawing("111.......", "111.11111.", "111.11111.", "....11111.")
        #expect(Cellpose.outlines(of: pieces)[0].first.map { [$0.x, $0.y] } == [4, 1])
        let equal = drawing("111...", "111...", "......", "...111", "...111")
        #expect(Cellpose.outlines(of: equal)[0].first.map { [$0.x, $0.y] } == [3, 3])
    }

    @Test func holesAndWhatLiesInThemHaveNoOutline() {
        let ring = drawing(
            "1111111",
            "1.....1",
            "1.111.1",
            "1.111.1",
            "1.....1",
            "1111111")
        let outlines = Cellpose.outlines(of: ring)
        #expect(outlines.count == 1 && outlines[0].count == 22)
        #expect(outlines[0].allSatisfy { $0.x == 0 || $0.x == 6 || $0.y == 0 || $0.y == 5 })
    }

    @Test func objectsThatFillTheImageAndImagesWithoutObjects() {
        #expect(Cellpose.outlines(of: drawing("111", "111", "111"))[0].count == 8)
        #expect(Cellpose.outlines(of: drawing("1"))[0].isEmpty)
        #expect(Cellpose.outlines(of: drawing("...", "...")).count == 0)
        #expect(Cellpose.outlines(of: LabelImage(height: 0, width: 0, pixels: [])).offsets == [0])
    }

    @Test(arguments: 0..<10)
    func anOutlineIsAClosedWalkOverThePixelsThatTouchTheOutside(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let labels = randomLabels(height: 40, width: 40, objects: 6, using: &generator)
        let single = labels.map { $0 > 0 ? Int32(1) : 0 }
        let outlines = Cellpose.outlines(of: single)
        let outline = Array(outlines[0])
        for (point, next) in zip(outline, outline.dropFirst() + outline.prefix(1)) {
            #expect(single[Int(point.y), Int(point.x)] == 1)
            #expect(max(abs(point.x - next.x), abs(point.y - next.y)) == 1)
        }
        let outside = outsideTouching(single, piece: outline[0])
        #expect(Set(outline) == outside)
    }

    /// The pixels of the 8-connected piece at `start` that have a 4-neighbour in the background around it, beyond the image included.
    private func outsideTouching(_ labels: LabelImage, piece start: Cellpose.OutlinePoint) -> Set<Cellpose.OutlinePoint> {
        let side = labels.height + 2
        func isPiece(_ found: Set<Int>, _ y: Int, _ x: Int) -> Bool { found.contains(y * side + x) }
        func flood(from first: (Int, Int), diagonal: Bool, where inside: (Int, Int) -> Bool) -> Set<Int> {
            var (found, pending) = (Set([first.0 * side + first.1]), [first])
            while let (y, x) = pending.popLast() {
                for dy in -1...1 {
                    for dx in -1...1 where diagonal || dy == 0 || dx == 0 {
                        let (ny, nx) = (y + dy, x + dx)
                        guard ny >= 0, nx >= 0, ny < side, nx < side, inside(ny, nx), found.insert(ny * side + nx).inserted else { continue }
                        pending.append((ny, nx))
                    }
                }
            }
            return found
        }
        func label(_ y: Int, _ x: Int) -> Int32 {
            y > 0 && x > 0 && y < side - 1 && x < side - 1 ? labels[y - 1, x - 1] : 0
        }
        let piece = flood(from: (Int(start.y) + 1, Int(start.x) + 1), diagonal: true) { label($0, $1) == 1 }
        let background = flood(from: (0, 0), diagonal: false) { !isPiece(piece, $0, $1) }
        var touching = Set<Cellpose.OutlinePoint>()
        for pixel in piece where [pixel - 1, pixel + 1, pixel - side, pixel + side].contains(where: background.contains) {
            touching.insert(Cellpose.OutlinePoint(x: Int32(pixel % side - 1), y: Int32(pixel / side - 1)))
        }
        return touching
    }
}
