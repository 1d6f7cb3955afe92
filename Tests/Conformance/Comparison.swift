import Foundation

/// Comparisons of whole arrays. NaN agrees with NaN only; arrays of different lengths do not agree.
///
/// Each also serves the self-test: there the computed values are first perturbed by more than the tolerance.
extension Report {
    /// Largest absolute difference.
    func absolute(_ name: String, _ computed: [Double], _ expected: [Double], tolerance: Double) {
        let computed = perturbed(computed) { $0 + 3 * tolerance + 1e-12 }
        add(name, figure: Self.largest(computed, expected) { abs($0 - $1) }, tolerance: tolerance)
    }

    /// Largest difference relative to the expected value.
    func relative(_ name: String, _ computed: [Double], _ expected: [Double], tolerance: Double) {
        let computed = perturbed(computed) { $0 * (1 + 3 * tolerance) + (($0 == 0) ? 1 : 0) }
        add(
            name, figure: Self.largest(computed, expected) { $0 == $1 ? 0 : abs($0 - $1) / max(abs($1), .leastNormalMagnitude) }, tolerance: tolerance
        )
    }

    /// Largest difference over `1 + |expected|`: absolute for small values, relative for large ones.
    func mixed(_ name: String, _ computed: [Double], _ expected: [Double], tolerance: Double) {
        let computed = perturbed(computed) { $0 + 3 * tolerance * (1 + abs($0)) }
        add(name, figure: Self.largest(computed, expected) { abs($0 - $1) / (1 + abs($1)) }, tolerance: tolerance)
    }

    /// Largest share that is used of a tolerance with a relative and an absolute part.
    func within(_ name: String, _ computed: [Double], _ expected: [Double], relative: Double, absolute: Double) {
        func tolerance(_ value: Double) -> Double { relative * abs(value) + absolute }
        let computed = perturbed(computed) { $0 + 3 * tolerance($0) }
        add(name, figure: Self.largest(computed, expected) { abs($0 - $1) / tolerance($1) }, tolerance: 1)
    }

    /// Share of elements that differ.
    func mismatches<Element: Equatable>(
        _ name: String, _ computed: [Element], _ expected: [Element], tolerance: Double, perturb: (Element) -> Element
    ) {
        let computed = isSelfTest ? computed.isEmpty ? computed : computed.map(perturb) : computed
        guard computed.count == expected.count else { return add(name, figure: .infinity, tolerance: tolerance) }
        let wrong = zip(computed, expected).count { $0 != $1 }
        add(name, figure: isSelfTest && computed.isEmpty ? 1 : Double(wrong) / Double(max(1, computed.count)), tolerance: tolerance)
    }

    /// All elements equal, in order.
    func exact<Element: Equatable>(_ name: String, _ computed: [Element], _ expected: [Element], perturb: (Element) -> Element) {
        mismatches(name, computed, expected, tolerance: 0, perturb: perturb)
    }

    func exact(_ name: String, _ computed: [Int], _ expected: [Int]) { exact(name, computed, expected) { $0 &+ 1 } }

    /// Share of values that lie further than `distance` from the expected ones.
    func share(_ name: String, _ computed: [Double], _ expected: [Double], beyond distance: Double, tolerance: Double) {
        let computed = perturbed(computed) { $0 + 3 * distance + 1e-12 }
        guard computed.count == expected.count else { return add(name, figure: .infinity, tolerance: tolerance) }
        let beyond = zip(computed, expected).count { !(abs($0 - $1) <= distance || $0.isNaN && $1.isNaN) }
        add(name, figure: Double(beyond) / Double(max(1, computed.count)), tolerance: tolerance)
    }

    /// A statement that must hold.
    func holds(_ name: String, _ statement: Bool) { add(name, figure: statement != isSelfTest ? 0 : 1, tolerance: 0) }

    private func perturbed(_ values: [Double], _ change: (Double) -> Double) -> [Double] {
        guard isSelfTest else { return values }
        return values.isEmpty ? [.infinity] : values.map { $0.isNaN ? 0 : change($0) }
    }

    private static func largest(_ computed: [Double], _ expected: [Double], _ difference: (Double, Double) -> Double) -> Double {
        guard computed.count == expected.count else { return .infinity }
        var largest = 0.0
        for (value, reference) in zip(computed, expected) {
            if value.isNaN && reference.isNaN { continue }
            let distance = value == reference ? 0 : difference(value, reference)
            largest = distance.isNaN ? .infinity : max(largest, distance)
        }
        return largest
    }
}
