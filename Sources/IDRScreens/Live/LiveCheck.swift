import Foundation
import IDRFiles
package import IDRPlan
package import IDRTransfer

/// One fact about the IDR's services, and whether it holds now.
package struct LiveFinding: Sendable, Codable, Hashable {
    package enum Verdict: String, Sendable, Codable {
        case agrees, differs
        /// It could not be asked.
        case unanswered
    }

    package let fact: String
    package let verdict: Verdict
    /// What was found, or why nothing was.
    package let found: String
}

/// Asks the live services for every fact that IDRKit relies on without having seen it confirmed. Nothing comes from the cache.
package struct LiveCheck: Sendable {
    private let access: Access
    private let network: Network
    private let metadata: MetadataClient
    /// MitoCheck's first screen, and a well of it that has a movie.
    private let screen: String
    private let well: WellAddress

    package init(
        access: Access, network: Network, screen: String = "idr0013A", well: WellAddress = WellAddress(plate: "LT0001_02", well: "A4", number: 4)
    ) {
        self.access = access
        self.network = network
        self.screen = screen
        self.well = well
        metadata = MetadataClient(network, .refresh)
    }

    /// The findings, in a fixed order.
    package func run() async -> [LiveFinding] {
        var findings: [LiveFinding] = []
        for base in access.services ?? [] { findings += await services(base) }
        findings.append(await studies())
        findings += await tables()
        findings.append(await plates())
        for base in access.zarr ?? [] { findings += await zarr(base) }
        for base in access.files ?? [] { findings.append(await movie(base)) }
        findings.append(aspera())
        return findings
    }

    private func services(_ base: String) async -> [LiveFinding] {
        let page = await check("\(base) answers api/v0/m/screens/ with a page of at most 1000") {
            let url = try RemoteURL(base).appending("api/v0/m/screens/").query([("limit", "1"), ("offset", "0")])
            let meta = try await metadata.json(ServiceAnswers.Page<ServiceAnswers.Named>.self, at: url).meta
            return (meta?.maxLimit == 1000 && meta?.totalCount != nil, "maxLimit \(meta?.maxLimit.map(String.init) ?? "none")")
        }
        let lists = await check("\(base) lists \(screen) under its study's name") {
            let services = IDRServices(metadata: metadata, base: try RemoteURL(base))
            let found = try await services.screens().first { $0.name.description == screen }
            return (found?.id != nil, found.map { "\($0.study), number \($0.id.map(String.init) ?? "not known")" } ?? "it is not listed")
        }
        let search = await check("\(base)searchengine gives \(screen) as CSV with columns for plate and well") {
            let services = IDRServices(metadata: metadata, base: try RemoteURL(base))
            guard let listed = try await services.screens().first(where: { $0.name.description == screen }) else {
                return (false, "it is not listed")
            }
            let text = try await ServiceTables(services: services, screen: listed).fromSearch().text
            return (true, "\(text.count) bytes")
        }
        return [page, lists, search]
    }

    private func studies() async -> LiveFinding {
        await check("the list of studies has \(screen)") {
            var direct = access
            direct.services = []
            direct.freshness = .refresh
            let found = try await Catalog(access: direct, network: network).screens().first { $0.name.description == screen }
            return (
                found != nil,
                found.map { "wells: \($0.wells.map(String.init) ?? "not known"), bytes: \($0.bytes.map(String.init) ?? "not known")" }
                    ?? "it is not listed"
            )
        }
    }

    private func tables() async -> [LiveFinding] {
        var direct = access
        direct.mirror = nil
        direct.catalog = [.tables]
        direct.freshness = .refresh
        let source = direct
        let rows = await check("\(screen)'s annotation has 196608 rows of 143 columns, 6743 of them controls") {
            let tables = try await Catalog(access: source, network: network).screen(ScreenName(screen)).tables
            let controls: String
            do throws(IDRError) { controls = "\(try tables.controls().count) controls" } catch { controls = error.problem }
            let found = "\(tables.annotation.count) rows of \(tables.annotation.columns.count) columns, \(controls)"
            return (found == "196608 rows of 143 columns, 6743 controls", found)
        }
        return [rows]
    }

    private func plates() async -> LiveFinding {
        await check("the study's table of OME-Zarr plates has 538") {
            let count = try await zarrPlates().count
            return (count == 538, "\(count) plates")
        }
    }

    private func zarrPlates() async throws -> ZarrPlatesTable {
        let name = try ScreenName(screen)
        let study = ScreenConventions.of(name).study ?? name.study
        let urls = try (access.zarrPlates ?? []).prefix(1).map { try RemoteURL(Catalog.filled($0, name, study)) }
        return ZarrPlatesTable(try await metadata.first(urls, limit: 1 << 24)?.bytes ?? [], of: name.study)
    }

    /// The array's own description, of which only what is to be checked is read.
    private struct ArrayFacts: Decodable {
        struct Compressor: Decodable {
            let id: String
            let cname: String?
        }
        let chunks: [Int]
        let shape: [Int]
        let compressor: Compressor?
    }

    private func zarr(_ base: String) async -> [LiveFinding] {
        let array = await check("\(base) has plates of NGFF 0.4 with wells as \"A/4\": one frame and 1024 x 1024 pixels a chunk, Blosc or zlib") {
            guard case .belowBase(let folder)? = try await zarrPlates().places(of: well.plate).first else {
                return (false, "plate \(well.plate) is not in the table")
            }
            let place = try well.place()
            let row = place.description.prefix { $0.isLetter }
            let url = try RemoteURL(base).appending("\(folder)/\(row)/\(place.column + 1)/0/0/.zarray")
            let facts = try await metadata.json(ArrayFacts.self, at: url)
            let isUsual = facts.chunks == [1, 1, 1, 1024, 1024] && ["blosc", "zlib"].contains(facts.compressor?.id)
            let codec = [facts.compressor?.id, facts.compressor?.cname].compactMap(\.self).joined(separator: " ")
            return (isUsual, "shape \(facts.shape), chunks \(facts.chunks), \(codec.isEmpty ? "not compressed" : codec)")
        }
        return [array]
    }

    private func movie(_ base: String) async -> LiveFinding {
        let isFTP = base.hasPrefix("ftp")
        return await check(isFTP ? "\(base) answers" : "\(base) gives movies in parts: 93 frames of 1344 x 1024 pixels in about 73 MB") {
            var direct = access
            (direct.mirror, direct.sources, direct.files, direct.freshness) = (nil, isFTP ? [.files] : [.cellH5], [base], .refresh)
            direct.catalog = [.tables]
            let screen = try await Catalog(access: direct, network: network).screen(ScreenName(screen))
            let reading = try await ImageReader(screen: screen, access: direct, network: network).read(well) { extent, _ in
                [PlaneIndex(frame: min(50, extent.frames))]
            }
            let extent = reading.extent
            let found =
                "\(reading.source.rawValue): \(extent.frames) frames of \(extent.width) x \(extent.height), \(reading.length.map { "\($0) bytes" } ?? "whole files"), "
                + "\(reading.transfer.bytes) fetched in \(reading.transfer.requests) requests"
            return ((extent.frames, extent.width, extent.height) == (93, 1344, 1024) && (isFTP || reading.source == .cellH5), found)
        }
    }

    private func aspera() -> LiveFinding {
        let settings = access.aspera ?? AsperaAccess()
        let found =
            settings.isOn ? "it is on: a run with --sources aspera shows whether the server takes the key" : "Aspera is off in the configuration"
        return LiveFinding(fact: "\(settings.remote) accepts the public key", verdict: .unanswered, found: found)
    }

    private func check(_ fact: String, _ ask: () async throws -> (Bool, String)) async -> LiveFinding {
        do {
            let (holds, found) = try await ask()
            return LiveFinding(fact: fact, verdict: holds ? .agrees : .differs, found: found)
        } catch let error as IDRError {
            return LiveFinding(
                fact: fact, verdict: .unanswered,
                found: ([error.problem] + error.subject.prefix(1) + [error.reason].compactMap(\.self)).joined(separator: ": "))
        } catch {
            return LiveFinding(fact: fact, verdict: .unanswered, found: "\(error)")
        }
    }
}
