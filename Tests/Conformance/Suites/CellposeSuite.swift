import IDRHDF5
import IDRImaging
import IDRModels
import IDRPlan

/// Cellpose 2.1.0, step by step: normalisation, resizing, tiles, the size model's algebra.
struct CellposeSuite {
    let report: Report

    /// Tolerances of the fixtures' MANIFEST.
    private enum Tolerance {
        /// Percentiles in float64, arithmetic in float32.
        static let normalized = 2e-6
        /// Order of float32 operations.
        static let resized = 1e-5
        static let taper = 1e-6
        /// float64 mask, float32 accumulation.
        static let averaged = 1e-5
        /// float32 styles, float64 algebra.
        static let diameter = 1e-6
    }

    /// Checks `group` if its layout is one of these; false otherwise.
    func check(_ group: FixtureGroup) async throws -> Bool {
        let checks: ((FixtureGroup) async throws -> Void)? =
            if group.datasets.contains(where: { $0.hasSuffix("_out_ch0") }) {
                checkNormalization
            } else if group.datasets.contains(where: { $0.hasPrefix("linear_rsz_") || $0.hasPrefix("nearest_") }) {
                checkResizing
            } else if group.datasets.contains(where: { $0.hasPrefix("taper_") || $0 == "avg_tiles_in" }) {
                checkTapers
            } else if group.has("tile_y0y1x0x1") {
                checkTiles
            } else if group.has("A", "smean", "ymean", "styles") {
                checkSizeModel
            } else {
                nil
            }
        guard let checks else { return false }
        await report.section(group.name) { try await checks(group) }
        return true
    }

    private func checkNormalization(_ group: FixtureGroup) async throws {
        for output in group.datasets.sorted() where output.hasSuffix("_out_ch0") {
            let stem = String(output.dropLast(8))
            let expected: [Double] = try await group.values(output)
            let (normalized, range): (Plane<Float>, Cellpose.IntensityRange)
            switch try await group.type("\(stem)_in") {
            case .uint8:
                let plane: Plane<UInt8> = try await group.plane("\(stem)_in")
                (normalized, range) = (Cellpose.normalized(plane), Cellpose.intensityRange(of: plane))
            case .uint16:
                let plane: Plane<UInt16> = try await group.plane("\(stem)_in")
                (normalized, range) = (Cellpose.normalized(plane), Cellpose.intensityRange(of: plane))
            default:
                let plane: Plane<Float> = try await group.plane("\(stem)_in")
                (normalized, range) = (Cellpose.normalized(plane), Cellpose.intensityRange(of: plane))
            }
            report.absolute("\(group.name) \(output)", normalized.pixels.map(Double.init), expected, tolerance: Tolerance.normalized)
            guard let percentiles = try await group.numbers("\(stem)_p1_p99") else { continue }
            report.mixed("\(group.name) \(stem)_p1_p99", [range.p1, range.p99], percentiles, tolerance: Tolerance.normalized)
        }
    }

    private func checkResizing(_ group: FixtureGroup) async throws {
        for name in group.datasets.sorted() {
            if name.hasPrefix("linear_rsz_") {
                let source: Plane<Float> = try await group.plane("in_ch0")
                let expected: Plane<Float> = try await group.plane(name)
                if let factor = Double(name.dropFirst("linear_rsz_".count)) {
                    let size = [source.height, source.width].map { Cellpose.scaledSide($0, rescale: factor) }
                    report.exact("\(group.name) \(name) size", size, [expected.height, expected.width])
                }
                let resized = Cellpose.resizedLinear(source, height: expected.height, width: expected.width)
                report.absolute(
                    "\(group.name) \(name)", resized.pixels.map(Double.init), expected.pixels.map(Double.init), tolerance: Tolerance.resized)
            } else if name.hasPrefix("nearest_") {
                let expected = try await group.labels(name)
                let resized = Cellpose.resizedNearest(try await group.labels("labels_in"), height: expected.height, width: expected.width)
                report.exact("\(group.name) \(name)", resized.pixels, expected.pixels) { $0 &+ 1 }
            }
        }
    }

    private func checkTapers(_ group: FixtureGroup) async throws {
        for name in group.datasets.sorted() where name.hasPrefix("taper_") {
            let expected: Plane<Double> = try await group.plane(name)
            // A smaller tile has the middle of the taper of the full tile.
            let side = max(expected.height, expected.width)
            let columns = Cellpose.taper(expected.width, tileSide: side)
            let weights = Cellpose.taper(expected.height, tileSide: side).flatMap { row in columns.map { $0 * row } }
            report.absolute("\(group.name) \(name)", weights, expected.pixels, tolerance: Tolerance.taper)
        }
        guard group.has("avg_tiles_in", "avg_tiles_out") else { return }
        let expected: [Plane<Float>] = try await group.planes("avg_tiles_out")
        let shape = try await group.shape("avg_tiles_in")
        let tiles: [Float] = try await group.values("avg_tiles_in")
        let size = shape.dropFirst().reduce(1, *)
        let layout = Cellpose.TileLayout(unpaddedHeight: expected[0].height, width: expected[0].width, tileSide: shape[3])
        report.exact("\(group.name) avg_tiles_y0y1x0x1", bounds(layout), try await group.values("avg_tiles_y0y1x0x1", as: Int32.self).map(Int.init))
        var blend = Cellpose.TileBlend(layout, channels: shape[1])
        for index in 0..<shape[0] { blend.add(Array(tiles[index * size..<(index + 1) * size]).span, tile: index) }
        report.absolute(
            "\(group.name) avg_tiles_out", blend.averaged().flatMap { $0.pixels.map(Double.init) }, expected.flatMap { $0.pixels.map(Double.init) },
            tolerance: Tolerance.averaged)
    }

    /// The group's name is the image's size, `<height>x<width>`.
    private func checkTiles(_ group: FixtureGroup) async throws {
        let size = group.lastPart.split(separator: "x").compactMap { Int($0) }
        guard size.count == 2 else { throw IDRError(.invalidInput, "the group's name is not the size of an image") }
        let layout = Cellpose.TileLayout(height: size[0], width: size[1])
        report.exact("\(group.name) tile_y0y1x0x1", bounds(layout), try await group.values("tile_y0y1x0x1", as: Int32.self).map(Int.init))
        for (attribute, computed) in [
            ("padded", [layout.paddedHeight, layout.paddedWidth]), ("offset_yx", [layout.offsetY, layout.offsetX]),
            ("tile_hw", [layout.tileHeight, layout.tileWidth]),
        ] {
            guard let expected = try await group.numbers(attribute) else { continue }
            report.exact("\(group.name) \(attribute)", computed, expected.map { Int($0) })
        }
    }

    private func bounds(_ layout: Cellpose.TileLayout) -> [Int] {
        layout.tiles.flatMap { [$0.rows.lowerBound, $0.rows.upperBound, $0.columns.lowerBound, $0.columns.upperBound] }
    }

    private func checkSizeModel(_ group: FixtureGroup) async throws {
        let model = try await sizeModel(group)
        let styles: [Double] = try await group.values("styles")
        let count = model.A.count
        let diameters = stride(from: 0, to: styles.count, by: max(1, count)).map { start in
            SizeModel.diameter(
                style: Array(styles[start..<start + count]), A: model.A, smean: model.smean, ymean: model.ymean, diamMean: model.diamMean)
        }
        report.relative("\(group.name) diam_style", diameters, try await group.values("diam_style"), tolerance: Tolerance.diameter)
        guard group.has("diameters_counts", "diameters_out") else { return }
        let columns = try await group.shape("diameters_counts")[1]
        let counts = try await group.values("diameters_counts", as: Int64.self).map(Int.init)
        let medians = stride(from: 0, to: counts.count, by: columns).map { row in
            Cellpose.medianDiameter(areas: counts[row..<row + columns].filter { $0 > 0 })
        }
        report.relative("\(group.name) diameters_out", medians, try await group.values("diameters_out"), tolerance: Tolerance.diameter)
    }
}
