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
    /// Checks that agreed: in a self-test, the ones that do not see a wrong output.
    private(set) var agreeing: [String] = []

    init(isSelfTest: Bool) { self.isSelfTest = isSelfTest }

    func add(_ name: String, figure: Double, tolerance: Double) {
        // A figure that is not a number agrees with nothing.
        let check = Check(name: name, figure: figure.isNaN ? .infinity : figure, tolerance: tolerance)
        if check.passed {
            passed += 1
            agreeing.append(name)
        } else {
            failed += 1
        }
        print(check.line)
    }

    /// A case that could not be computed at all. In a self-test too this is a defect: it hides what the checks would have said.
    func fail(_ name: String, _ error: any Error) {
        failed += 1
        errors += 1
        print("FAIL \(name): \(error)")
    }

    private(set) var errors = 0

    /// Something that is in the folder but is not compared, and why.
    func skip(_ name: String, because reason: String) { print("skip \(name): \(reason)") }

    /// Runs the checks of one case; what they throw is a failure of that case alone.
    func section(_ name: String, _ checks: () async throws -> Void) async {
        do { try await checks() } catch { fail(name, error) }
    }

    /// Whether the program ends well.
    var isGood: Bool {
        if isSelfTest { return passed == 0 && failed > 0 && errors == 0 }
        return failed == 0 && passed > 0
    }
}
