import IDRImaging
import IDRPlan

/// Cellpose's way from flows to objects: positions, masks, quality control, holes, edges, outlines and centres.
struct MaskSuite {
    let report: Report

    /// Tolerances of the fixtures' MANIFEST.
    private enum Tolerance {
        /// Pixels; 200 Euler steps in float32, stored as 1/128 pixel.
        static let position = 0.02
        /// Share of positions that may be further off: saddles and borders.
        static let positionsBeyond = 0.005
        /// Share of pixels of a label image.
        static let pixels = 1e-3
        /// 1 - IoU of the objects with one number.
        static let object = 0.01
        /// Half precision storage.
        static let flow = 2e-3
        static let flowError = 1e-4
        /// In small symmetric objects the gradient vanishes and its direction is rounding noise.
        static let flowErrorOfSmallObject = 0.1
        static let smallObject = 50
        static let center = 1e-12
        static let diameter = 1e-6
    }

    /// Checks `group` if its layout is one of these; false otherwise.
    func check(_ group: FixtureGroup) async throws -> Bool {
        if group.has("dP", "cellprob", "masks_final") {
            await report.section(group.name) { try await checkFlows(group) }
        } else if group.datasets.contains(where: { $0.hasSuffix("outline_points_xy") }) && group.datasets.contains(where: { $0.hasSuffix("_in") }) {
            await report.section(group.name) { try await checkLabels(group) }
        } else {
            return false
        }
        return true
    }

    // MARK: Cases that begin with flows

    private func checkFlows(_ group: FixtureGroup) async throws {
        let flows: [Plane<Float>] = try await group.planes("dP")
        let prediction = try Cellpose.Prediction(flowY: flows[0], flowX: flows[1], cellProbability: try await group.plane("cellprob"))
        var options = Cellpose.MaskOptions(iterations: Int(try await group.number("niter") ?? 200))
        options.interpolated = try await group.number("interp") != 0
        try await checkPositions(prediction, options, group)
        if group.has("masks_get_masks") { try await checkQuality(prediction, labels: group.labels("masks_get_masks"), group) }
        for dataset in group.datasets.sorted() where dataset.hasPrefix("masks_final") {
            if let threshold = dataset.hasPrefix("masks_final_thr") ? Double(dataset.dropFirst("masks_final_thr".count)) : 0.8 {
                options.flowThreshold = threshold
            }
            if dataset == "masks_final" || dataset.hasPrefix("masks_final_thr") {
                report.labels("\(group.name) \(dataset)", Cellpose.labels(from: prediction, options), try await group.labels(dataset))
            } else {
                report.skip("\(group.name) \(dataset)", because: "the original's CUDA path is not reproduced; its CPU path is")
            }
        }
        let final = try await group.labels("masks_final")
        if let diameter = try await group.number("diameter_median") {
            report.relative("\(group.name) diameter_median", [Cellpose.medianDiameter(of: final)], [diameter], tolerance: Tolerance.diameter)
        }
        if group.has("gt_labels", "labels_to_flows_yx") { try await checkFlows(of: group.labels("gt_labels"), group, "labels_to_flows_yx") }
        if group.has("masks_edge_removed") {
            let kept = try await group.labels("masks_edge_removed")
            report.exact("\(group.name) masks_edge_removed", Cellpose.removingEdgeObjects(final).pixels, kept.pixels) { $0 &+ 1 }
            try await checkOutlines(of: kept, group, "outline", "centroid_xy")
        }
        try await checkOutlines(of: final, group, "all_outline", "all_centroid_xy")
    }

    private func checkPositions(_ prediction: Cellpose.Prediction, _ options: Cellpose.MaskOptions, _ group: FixtureGroup) async throws {
        let found = Cellpose.followFlows(prediction, iterations: options.iterations, interpolated: options.interpolated)
        guard group.has("p_final") else { return report.holds("\(group.name) no pixel moves", found == nil) }
        guard let found else { throw IDRError(.invalidInput, "no pixel moves") }
        if group.has("n_moving") {
            report.exact("\(group.name) n_moving", [found.pixels.count], try await group.values("n_moving", as: Int64.self).map(Int.init))
        }
        let (y, x) = found.planes()
        let expected = try await group.values("p_final", as: Double.self).map { $0 / 128 }
        report.share(
            "\(group.name) p_final beyond \(Tolerance.position) px", (y.pixels + x.pixels).map(Double.init), expected, beyond: Tolerance.position,
            tolerance: Tolerance.positionsBeyond)
        if group.has("masks_get_masks") {
            report.labels("\(group.name) masks_get_masks", Cellpose.labels(at: found), try await group.labels("masks_get_masks"))
        }
    }

    private func checkQuality(_ prediction: Cellpose.Prediction, labels: LabelImage, _ group: FixtureGroup) async throws {
        if group.has("flow_errors") {
            let errors = Cellpose.flowErrors(of: labels, prediction)
            let expected: [Double] = try await group.values("flow_errors")
            let areas = areas(of: labels)
            for (kind, tolerance, isKind) in [
                ("", Tolerance.flowError, { (area: Int) in area > Tolerance.smallObject }),
                (" of small objects", Tolerance.flowErrorOfSmallObject, { $0 <= Tolerance.smallObject }),
            ] {
                guard errors.count == expected.count && areas.count == errors.count else {
                    report.exact("\(group.name) flow_errors count", [errors.count], [expected.count])
                    break
                }
                let chosen = errors.indices.filter { isKind(areas[$0]) }
                guard !chosen.isEmpty else { continue }
                report.absolute("\(group.name) flow_errors\(kind)", chosen.map { errors[$0] }, chosen.map { expected[$0] }, tolerance: tolerance)
            }
        }
        if group.has("masks_to_flows_cpu") { try await checkFlows(of: labels, group, "masks_to_flows_cpu") }
        if group.has("masks_to_flows_gpu") {
            report.skip("\(group.name) masks_to_flows_gpu", because: "the original's CUDA path is not reproduced; its CPU path is")
        }
    }

    /// The flows that labels imply, compared outside small objects.
    private func checkFlows(of labels: LabelImage, _ group: FixtureGroup, _ dataset: String) async throws {
        let flows = Cellpose.flows(of: labels)
        let areas = areas(of: labels)
        let compared = labels.pixels.indices.filter { labels.pixels[$0] == 0 || areas[Int(labels.pixels[$0]) - 1] > Tolerance.smallObject }
        let expected: [Double] = try await group.values(dataset)
        let chosen = compared + compared.map { $0 + labels.pixels.count }
        guard expected.count == 2 * labels.pixels.count else { throw IDRError(.invalidInput, "\(dataset) has another size than its labels") }
        report.absolute(
            "\(group.name) \(dataset)", compared.map { flows.y.pixels[$0] } + compared.map { flows.x.pixels[$0] }, chosen.map { expected[$0] },
            tolerance: Tolerance.flow)
    }

    /// Pixels of the objects 1...n.
    private func areas(of labels: LabelImage) -> [Int] {
        var areas = [Int](repeating: 0, count: Int(labels.pixels.max() ?? 0))
        for label in labels.pixels where label > 0 { areas[Int(label) - 1] += 1 }
        return areas
    }

    // MARK: Cases that begin with labels

    private func checkLabels(_ group: FixtureGroup) async throws {
        for input in group.datasets.sorted() where input.hasSuffix("_in") {
            let stem = String(input.dropLast(3))
            let labels = try await group.labels(input)
            if group.has("\(stem)_out") {
                let filled = Cellpose.fillingHolesAndRemovingSmall(labels)
                report.exact("\(group.name) \(stem)_out", filled.pixels, try await group.labels("\(stem)_out").pixels) { $0 &+ 1 }
            }
            if stem == "labels" {
                if group.has("edge_out") {
                    let kept = Cellpose.removingEdgeObjects(labels)
                    report.exact("\(group.name) edge_out", kept.pixels, try await group.labels("edge_out").pixels) { $0 &+ 1 }
                }
                try await checkOutlines(of: labels, group, "outline", "centroid_xy")
            } else {
                try await checkOutlines(of: labels, group, "\(stem)_outline", "\(stem)_centroid_xy")
            }
        }
    }

    private func checkOutlines(of labels: LabelImage, _ group: FixtureGroup, _ outlines: String, _ centers: String) async throws {
        guard group.has("\(outlines)_points_xy", "\(outlines)_offsets") else { return }
        let found = Cellpose.outlines(of: labels)
        let points = found.points.flatMap { [Int($0.x), Int($0.y)] }
        report.exact("\(group.name) \(outlines)_points_xy", points, try await group.values("\(outlines)_points_xy", as: Int64.self).map(Int.init))
        report.exact("\(group.name) \(outlines)_offsets", found.offsets, try await group.values("\(outlines)_offsets", as: Int64.self).map(Int.init))
        guard group.has(centers) else { return }
        let computed = (0..<found.count).flatMap { found.center(of: $0).map { [$0.x, $0.y] } ?? [.nan, .nan] }
        report.absolute("\(group.name) \(centers)", computed, try await group.values(centers), tolerance: Tolerance.center)
    }
}

extension Report {
    /// Label images agree where few pixels differ, there are as many objects, and those with one number cover each other.
    func labels(_ name: String, _ computed: LabelImage, _ expected: LabelImage, pixels: Double = 1e-3, objects: Double = 0.01) {
        mismatches("\(name) pixels", computed.pixels, expected.pixels, tolerance: pixels) { $0 &+ 1 }
        let other = isSelfTest ? computed.map { $0 &+ 1 } : computed
        add("\(name) objects", figure: 1 - Self.smallestOverlap(other, expected), tolerance: objects)
    }

    /// The smallest IoU of the objects with one number; minus infinity where the numbers of objects differ.
    private static func smallestOverlap(_ a: LabelImage, _ b: LabelImage) -> Double {
        let count = Int(b.pixels.max() ?? 0)
        guard a.pixels.count == b.pixels.count, Int(a.pixels.max() ?? 0) == count else { return -.infinity }
        var (shared, either) = ([Int](repeating: 0, count: count + 1), [Int](repeating: 0, count: count + 1))
        for (left, right) in zip(a.pixels, b.pixels) {
            if left == right { shared[Int(left)] += 1 } else { either[Int(left)] += 1 }
            either[Int(right)] += 1
        }
        return (1..<count + 1).map { Double(shared[$0]) / Double(max(1, either[$0])) }.min() ?? 1
    }
}
