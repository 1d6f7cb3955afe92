import IDRHDF5
import IDRImaging
import IDRPlan
import TestSupport
import Testing

/// Measurements of objects against CellProfiler's own, against their definition, and against what must hold for any image.
@Suite struct CellProfilerTests {
    private static let shape = ["AreaShape_Area", "AreaShape_Perimeter"]
    private static let mean = "Intensity_MeanIntensity_DNA"

    // MARK: The original

    @Test(arguments: ["cp_measure_s1.h5", "cp_measure_s2.h5"])
    func measurementsAreCellProfilers(file: String) async throws {
        let path = CellposeFixture.folder + "/../features/" + file
        let reader = try await HDF5Reader(path)
        let size = try await reader.info(of: "/labels").shape
        let image = Plane(height: size[0], width: size[1], pixels: try await reader.read("/image", as: UInt8.self))
        let labels = LabelImage(height: size[0], width: size[1], pixels: try await reader.read("/labels", as: Int32.self))
        let names = try await reader.readStrings("/feature_names")
        let features = try await reader.read("/features", as: Double.self)
        let measured = try CellProfiler.measure(labels, in: [.init("DNA", image)])
        let wanted = ["AreaShape_Area", "AreaShape_Perimeter", "Intensity_MeanIntensity_DNA", "Location_Center_X", "Location_Center_Y"]
        #expect(wanted.allSatisfy(measured.columnNames.contains))
        #expect(measured.columnNames == names.filter(Set(measured.columnNames).contains), "columns are in the original's order")
        #expect(measured.labels == Array(1...Int32(features.count / names.count)))
        for column in measured.columns {
            let index = try #require(names.firstIndex(of: column.name))
            for (row, value) in column.values.enumerated() {
                let expected = features[row * names.count + index]
                // Far within the fixtures' tolerance: only the order of additions differs.
                #expect(abs(value - expected) <= 1e-13 * abs(expected), "\(column.name) of object \(row + 1)")
            }
        }
    }

    // MARK: The definition

    @Test(arguments: 0..<12)
    func valuesFollowTheirDefinition(seed: UInt64) throws {
        let (labels, image) = randomScene(seed: seed)
        let measured = try CellProfiler.measure(labels, in: [.init("DNA", image)])
        #expect(measured.labels == Set(labels.pixels).subtracting([0]).sorted())
        for (row, label) in measured.labels.enumerated() {
            let pixels = labels.pixels.indices.filter { labels.pixels[$0] == label }
            let count = Double(pixels.count)
            func value(_ name: String) throws -> Double { try #require(measured[name])[row] }
            #expect(try value("AreaShape_Area") == count)
            #expect(abs(try value("AreaShape_Perimeter") - definedPerimeter(of: label, in: labels)) < 1e-9)
            #expect(try value("Location_Center_X") == pixels.reduce(0) { $0 + Double($1 % labels.width) } / count)
            #expect(try value("Location_Center_Y") == pixels.reduce(0) { $0 + Double($1 / labels.width) } / count)
            #expect(abs(try value(Self.mean) - pixels.reduce(0) { $0 + Double(image.pixels[$1]) } / 255 / count) < 1e-7)
        }
        let areas = try #require(measured["AreaShape_Area"])
        #expect(areas.reduce(0, +) == Double(labels.pixels.count { $0 > 0 }))
    }

    /// The estimator of scikit-image without any shortcut: the object alone, its border by erosion, a weighted sum over each 3 x 3 window,
    /// and the length that belongs to the sum.
    private func definedPerimeter(of label: Int32, in labels: LabelImage) -> Double {
        func isObject(_ y: Int, _ x: Int) -> Bool {
            (0..<labels.height).contains(y) && (0..<labels.width).contains(x) && labels[y, x] == label
        }
        func isBorder(_ y: Int, _ x: Int) -> Bool {
            isObject(y, x) && !(isObject(y - 1, x) && isObject(y + 1, x) && isObject(y, x - 1) && isObject(y, x + 1))
        }
        let weights = [[10, 2, 10], [2, 1, 2], [10, 2, 10]]
        var lengths: [Int: Double] = [21: 2.0.squareRoot(), 33: 2.0.squareRoot()]
        for code in [5, 7, 15, 17, 25, 27] { lengths[code] = 1 }
        for code in [13, 23] { lengths[code] = (1 + 2.0.squareRoot()) / 2 }
        var total = 0.0
        for y in 0..<labels.height {
            for x in 0..<labels.width {
                var code = 0
                for dy in -1...1 { for dx in -1...1 where isBorder(y + dy, x + dx) { code += weights[dy + 1][dx + 1] } }
                total += lengths[code] ?? 0
            }
        }
        return total
    }

    /// Rows of a drawing, and the perimeter of what they show.
    private static let shapes: [(rows: [String], perimeter: Double)] = [
        (["#"], 0), (["##"], 0), (["#####"], 3), (["##", "##"], 4), (["###", "###", "###"], 8), (["#.#", "...", "#.#"], 0),
        (["#...", ".#..", "..#.", "...#"], 2 * 2.0.squareRoot()), ([".#.", "#.#", ".#."], 4 * 2.0.squareRoot()),
        (["#####", "#...#", "#...#", "#...#", "#####"], 16),
    ]

    @Test(arguments: shapes.indices)
    func perimetersOfSmallShapesAreKnown(shape: Int) throws {
        let (rows, perimeter) = Self.shapes[shape]
        for frame in 0...1 {
            let labels = drawing(rows, frame: frame)
            let measured = try CellProfiler.measure(labels, in: [])
            #expect(measured["AreaShape_Perimeter"] == [perimeter], "frame of \(frame) pixels")
        }
    }

    // MARK: What must hold

    @Test(arguments: 0..<6)
    func movingTheImageMovesTheCentresOnly(seed: UInt64) throws {
        let (labels, image) = randomScene(seed: seed)
        let (dy, dx) = (Int(seed) * 3, 17 - Int(seed))
        let before = try CellProfiler.measure(labels, in: [.init("DNA", image)])
        let after = try CellProfiler.measure(moved(labels, dy, dx), in: [.init("DNA", moved(image, dy, dx))])
        #expect(after.labels == before.labels)
        for name in Self.shape + [Self.mean] { #expect(after[name] == before[name], "\(name)") }
        for (name, distance) in [("Location_Center_X", dx), ("Location_Center_Y", dy)] {
            for (a, b) in zip(try #require(before[name]), try #require(after[name])) { #expect(abs(b - a - Double(distance)) < 1e-9) }
        }
    }

    @Test(arguments: 0..<6)
    func turningTheImageKeepsTheShapes(seed: UInt64) throws {
        let (labels, _) = randomScene(seed: seed)
        var turned = LabelImage(height: labels.width, width: labels.height, repeating: 0)
        for y in 0..<labels.height { for x in 0..<labels.width { turned[labels.width - 1 - x, y] = labels[y, x] } }
        let (before, after) = (try CellProfiler.measure(labels, in: []), try CellProfiler.measure(turned, in: []))
        for name in Self.shape { #expect(before[name] == after[name], "\(name)") }
        #expect(before["Location_Center_Y"] == after["Location_Center_X"])
    }

    @Test(arguments: 0..<6)
    func otherNumbersOrderTheRowsAndChangeNothingElse(seed: UInt64) throws {
        let (labels, image) = randomScene(seed: seed)
        let before = try CellProfiler.measure(labels, in: [.init("DNA", image)])
        var generator = SeededGenerator(seed: seed + 100)
        // Numbers with gaps, among them ones far above the number of pixels.
        var numbers = before.labels.indices.map { Int32($0) * 7 + 3 }.shuffled(using: &generator)
        numbers[0] = .max
        let number = Dictionary(uniqueKeysWithValues: zip(before.labels, numbers))
        let after = try CellProfiler.measure(labels.map { number[$0] ?? -5 }, in: [.init("DNA", image)])
        #expect(after.labels == numbers.sorted())
        let rows = numbers.indices.sorted { numbers[$0] < numbers[$1] }
        for column in before.columns { #expect(after[column.name] == rows.map { column.values[$0] }, "\(column.name)") }
    }

    @Test func anObjectIsMeasuredAsIfItWereAlone() throws {
        let (labels, image) = randomScene(seed: 3)
        let channel = CellProfiler.Channel("DNA", image)
        let all = try CellProfiler.measure(labels, in: [channel])
        for (row, label) in all.labels.enumerated() {
            let alone = try CellProfiler.measure(labels.map { $0 == label ? $0 : 0 }, in: [channel])
            #expect(alone.labels == [label])
            for column in all.columns { #expect(alone[column.name] == [column.values[row]], "\(column.name) of \(label)") }
        }
    }

    @Test func imagesWithoutObjectsHaveColumnsAndNoRows() throws {
        for (height, width) in [(0, 0), (0, 5), (1, 1), (7, 9)] {
            let image = Plane<UInt8>(height: height, width: width, repeating: 9)
            let measured = try CellProfiler.measure(LabelImage(height: height, width: width, repeating: 0), in: [.init("DNA", image)])
            #expect(measured.rowCount == 0)
            #expect(measured.columnNames == CellProfiler.columnNames(channels: ["DNA"]))
            #expect(measured.columns.allSatisfy { $0.values.isEmpty })
        }
    }

    @Test func oneObjectMayFillTheImage() throws {
        let measured = try CellProfiler.measure(
            LabelImage(height: 4, width: 6, repeating: 2), in: [.init("DNA", Plane<UInt8>(height: 4, width: 6, repeating: 51))])
        #expect(measured.columns.map(\.values) == [[24], [16], [Double(Float(51) / 255)], [2.5], [1.5]])
    }

    // MARK: Channels and columns

    @Test func intensitiesAreDividedByTheRangeOfTheNumberType() throws {
        let labels = LabelImage(height: 1, width: 2, pixels: [1, 2])
        let channels: [CellProfiler.Channel] = [
            .init("bytes", Plane<UInt8>(height: 1, width: 2, pixels: [255, 51])),
            .init("camera", Plane<UInt16>(height: 1, width: 2, pixels: [4095, 0]), fullScale: 4095),
            .init("floats", Plane<Float>(height: 1, width: 2, pixels: [12.5, -1])),
            .init("scaled", Plane<Float>(height: 1, width: 2, pixels: [12.5, -1]), fullScale: 2),
            .init("words", Plane<UInt16>(height: 1, width: 2, pixels: [65535, 13107])),
        ]
        let measured = try CellProfiler.measure(labels, in: channels)
        let fifth = Double(Float(51) / 255)
        for (name, values) in [
            ("bytes", [1, fifth]), ("camera", [1, 0]), ("floats", [12.5, -1]), ("scaled", [6.25, -0.5]), ("words", [1, fifth]),
        ] { #expect(measured["Intensity_MeanIntensity_\(name)"] == values, "\(name)") }
        #expect(measured["Intensity_MeanIntensity_other"] == nil)
    }

    @Test func aPixelThatIsNotANumberConcernsItsObjectOnly() throws {
        let labels = LabelImage(height: 1, width: 4, pixels: [1, 1, 2, 2])
        let image = Plane<Float>(height: 1, width: 4, pixels: [.nan, 1, 0.25, 0.75])
        let means = try #require(try CellProfiler.measure(labels, in: [.init("DNA", image)])[Self.mean])
        #expect(means[0].isNaN && means[1] == 0.5)
    }

    @Test func columnsAreKnownBeforehandAndDescribed() throws {
        let names = ["Tubulin", "DNA"]
        let image = Plane<UInt8>(height: 1, width: 1, repeating: 1)
        let measured = try CellProfiler.measure(LabelImage(height: 1, width: 1, repeating: 1), in: names.map { .init($0, image) })
        #expect(measured.columnNames == CellProfiler.columnNames(channels: names))
        #expect(measured.columnNames == Set(measured.columnNames).sorted(), "ordered, none twice")
        #expect(measured.columnNames.contains("Intensity_MeanIntensity_Tubulin"))
        #expect(!measured.columnNames.contains { $0.contains("<") }, "features of channels are declared as such")
        #expect(CellProfiler.columnNames(channels: []).count == CellProfiler.features.count { !$0.name.contains("<channel>") })
        for feature in CellProfiler.features { #expect(!feature.description.isEmpty && feature.description.last != ".", "\(feature.name)") }
    }

    @Test func channelsOfAnotherSizeAndEqualNamesAreRefused() {
        let labels = LabelImage(height: 2, width: 3, repeating: 1)
        let wide = Plane<UInt8>(height: 3, width: 2, repeating: 1)
        let size = #expect(throws: IDRError.self) { try CellProfiler.measure(labels, in: [.init("DNA", wide)]) }
        #expect(size?.code == .invalidInput && size?.reason == "it has 2 x 3 pixels, the label image 3 x 2")
        let same = Plane<UInt8>(height: 2, width: 3, repeating: 1)
        let twice = #expect(throws: IDRError.self) { try CellProfiler.measure(labels, in: [.init("DNA", same), .init("DNA", same)]) }
        #expect(twice?.problem == "two channels called DNA cannot be measured")
    }

    // MARK: Scenes

    /// Objects of random ellipses that touch and cut each other, at the border too, and an image of noise.
    private func randomScene(seed: UInt64) -> (labels: LabelImage, image: Plane<UInt8>) {
        var generator = SeededGenerator(seed: seed)
        let (height, width) = (Int.random(in: 12...60, using: &generator), Int.random(in: 12...60, using: &generator))
        var labels = LabelImage(height: height, width: width, repeating: 0)
        for label in 1...10 as ClosedRange<Int32> {
            let (cy, cx) = (Double.random(in: 0..<Double(height), using: &generator), Double.random(in: 0..<Double(width), using: &generator))
            let (ry, rx) = (Double.random(in: 0.5..<9, using: &generator), Double.random(in: 0.5..<9, using: &generator))
            for y in 0..<height {
                for x in 0..<width {
                    let (dy, dx) = ((Double(y) - cy) / ry, (Double(x) - cx) / rx)
                    // Frayed, so that every pattern of border pixels occurs.
                    if dy * dy + dx * dx <= Double.random(in: 0.7...1, using: &generator) { labels[y, x] = label }
                }
            }
        }
        let pixels = (0..<height * width).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return (labels, Plane(height: height, width: width, pixels: pixels))
    }

    /// `plane` with `dy` rows of zeros above it and `dx` columns to its left.
    private func moved<Pixel: BinaryInteger & Sendable>(_ plane: Plane<Pixel>, _ dy: Int, _ dx: Int) -> Plane<Pixel> {
        var larger = Plane<Pixel>(height: plane.height + dy, width: plane.width + dx, repeating: 0)
        for y in 0..<plane.height { for x in 0..<plane.width { larger[y + dy, x + dx] = plane[y, x] } }
        return larger
    }

    /// `#` is object 1; all around are `frame` pixels of background.
    private func drawing(_ rows: [String], frame: Int) -> LabelImage {
        let plane = LabelImage(height: rows.count, width: rows[0].count, pixels: rows.flatMap { $0.map { $0 == "#" ? 1 : 0 } })
        let wide = moved(plane, frame, frame)
        var framed = LabelImage(height: wide.height + frame, width: wide.width + frame, repeating: 0)
        for y in 0..<wide.height { for x in 0..<wide.width { framed[y, x] = wide[y, x] } }
        return framed
    }
}
