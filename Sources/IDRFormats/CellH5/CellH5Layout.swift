import IDRHDF5
import IDRPlan

/// Finds a movie in CellH5's tree: `/sample/0/plate/<P>/experiment/<W>/position/<S>/image/channel`.
///
/// The names are read from the file and never built: plates, wells and positions are zero-padded differently from file to file.
struct CellH5Layout: Sendable {
    let plate: String
    let experiment: String
    let position: String
    /// The group of the movie's position.
    let group: String

    var channel: String { group + "/image/channel" }
    var region: String { group + "/image/region" }

    /// The positions of a well, in the order of their numbers: all that the file holds of it, or the one that is named.
    /// - Parameters: the names of the groups to take where a file holds several; nil takes the only plate and experiment.
    static func all(of file: HDF5Reader, plate: String?, experiment: String?, position: String?) async throws -> [CellH5Layout] {
        guard try await file.exists("/sample") else {
            throw IDRError(.invalidInput, "the file is HDF5, but not in the CellH5 layout", because: "it has no group /sample")
        }
        let sample = try await choose("sample", nil, in: "/sample", of: file)
        let plates = "/sample/\(sample)/plate"
        let plate = try await choose("plate", plate, in: plates, of: file)
        let experiments = "\(plates)/\(plate)/experiment"
        let experiment = try await choose("experiment", experiment, in: experiments, of: file)
        let positions = "\(experiments)/\(experiment)/position"
        var names = try await file.children(of: positions)
        if names.count <= 1 || position != nil { names = [try await choose("position", position, in: positions, of: file)] }
        return names.sorted { (Int($0) ?? .max, $0) < (Int($1) ?? .max, $1) }.map {
            CellH5Layout(plate: plate, experiment: experiment, position: $0, group: "\(positions)/\($0)")
        }
    }

    private static func choose(_ kind: String, _ wanted: String?, in group: String, of file: HDF5Reader) async throws -> String {
        let names = try await file.children(of: group)
        let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
        guard !names.isEmpty else { throw IDRError(.invalidInput, "the file holds no \(kind)", because: "group \(group) is empty") }
        if let wanted {
            if names.contains(wanted) { return wanted }
            let sameNumber = names.filter { withoutPadding($0) == withoutPadding(wanted) }
            guard sameNumber.count == 1 else {
                throw IDRError(.missing, "the file holds no \(kind) \"\(wanted)\"", because: "it has \(list)", fix: "name one of these")
            }
            return sameNumber[0]
        }
        guard names.count == 1 else {
            throw IDRError(
                .invalidInput, "the file holds \(names.count) \(kind)s where one was expected", because: "they are \(list)",
                fix: "put each well's movie into a file of its own")
        }
        return names[0]
    }

    private static func withoutPadding(_ name: String) -> Substring {
        let rest = name.drop { $0 == "0" }
        return rest.isEmpty ? name.suffix(1) : rest
    }
}
