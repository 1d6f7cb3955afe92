/// One comparison with an original's output.
struct Check {
    /// File, case and quantity: `basic.h5 typical3 flatfield`.
    let name: String
    /// What was measured: the largest difference, a share of pixels, a count.
    let figure: Double
    /// The largest figure that agrees.
    let tolerance: Double

    var passed: Bool { figure <= tolerance }

    var line: String { "\(passed ? "ok  " : "FAIL") \(name): \(figure) (tolerance \(tolerance))" }
}

/// Collects checks and prints a line for each.
///
/// In a self-test every output is perturbed beyond its tolerance before it is compared: then every check must fail.
final class Report {
    let isSelfTest: Bool
    private(set) var passed = 0
    private(set) var failed = 0

    init(isSelfTest: Bool) { self.isSelfTest = isSelfTest }

    func add(_ name: String, figure: Double, tolerance: Double) {
        // A figure that is not a number agrees with nothing.
        let check = Check(name: name, figure: figure.isNaN ? .infinity : figure, tolerance: tolerance)
        if check.passed { passed += 1 } else { failed += 1 }
        print(check.line)
    }

    /// A case that could not be computed at all.
    func fail(_ name: String, _ error: any Error) {
        failed += 1
        print("FAIL \(name): \(error)")
    }
}
