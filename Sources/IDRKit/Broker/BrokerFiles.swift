import Foundation
import IDRPlan

/// Files of this machine that are in the sandbox too.
package struct BrokerFiles: Sendable {
    /// Their paths inside, by their own ones with every link resolved.
    package private(set) var inside: [String: String] = [:]
    /// Those that a plan may name by path; the others it names as models of the store.
    private var named: Set<String> = []

    package init() {}

    /// - Parameter isNamed: whether a plan may name it by its path.
    package mutating func add(_ path: String, inside place: String, isNamed: Bool = false) {
        let own = Self.resolved(path)
        inside[own] = place
        if isNamed { named.insert(own) }
    }

    /// Refuses a plan that names other files. What is asked for is compared and not looked at: the answer is the same whether it exists.
    func check(_ plan: Plan) throws(IDRError) {
        for path in ModelFiles(plan: plan).namedPaths where !named.contains(Self.resolved(path)) {
            throw IDRError(
                .refused, "the sandbox does not give the script the file \(path)", because: "you have not exposed it",
                fix: "look at what it is, then give --expose \(path); it must lie in the script's folder")
        }
    }

    /// `plan` with names that lead nowhere in place of files that it may not name.
    func withoutOthers(_ plan: Plan) -> Plan {
        func nowhere(_ path: String) -> String {
            named.contains(Self.resolved(path)) ? path : "/dev/null/\(URL(fileURLWithPath: path).lastPathComponent)"
        }
        func nowhere(_ model: ModelReference) -> ModelReference {
            if case .path(let path) = model { .path(nowhere(path)) } else { model }
        }
        var plan = plan
        if let segmentation = plan.segmentation {
            plan.segmentation?.model = nowhere(segmentation.model)
            plan.segmentation?.sizeModel = segmentation.sizeModel.map(nowhere)
        }
        if let profiling = plan.profiling {
            plan.profiling?.network = profiling.network.map(nowhere)
            plan.profiling?.configuration = profiling.configuration.map(nowhere)
        }
        return plan
    }

    /// The paths inside of a plan's models.
    func inside(_ paths: [String: String]) throws(IDRError) -> [String: String] {
        var found: [String: String] = [:]
        for (role, path) in paths.sorted(by: { $0.key < $1.key }) {
            guard let place = inside[Self.resolved(path)] else {
                let name = URL(fileURLWithPath: path).lastPathComponent
                throw IDRError(
                    .refused, "the sandbox does not have the file \(name)", because: "it is beside another one, but not exposed itself",
                    fix: "expose it too, with --expose")
            }
            found[role] = place
        }
        return found
    }

    private static func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
}
