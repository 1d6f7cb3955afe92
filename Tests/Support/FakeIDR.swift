import Foundation
package import IDRPlan

/// The IDR's hosts in one server on loopback: what it has by path, with the query; everything else is 404.
package final class FakeIDR: Sendable {
    package let server: LoopbackServer

    package init(_ objects: [String: [UInt8]]) throws {
        server = try LoopbackServer { request in
            guard let bytes = objects[request.path] else { return LoopbackServer.answer(404, body: Array("not here".utf8)) }
            return LoopbackServer.file(bytes, request)
        }
    }

    package convenience init(_ texts: [String: String]) throws { try self.init(texts.mapValues { Array($0.utf8) }) }

    /// Every host is this server; the cache is `cache`.
    package func access(cache: String) -> Access { Self.access(base: server.base, cache: cache) }

    /// Every host is `base`, in the layout of the real ones below it.
    package static func access(base: String, cache: String) -> Access {
        var access = Access()
        access.sources = [.omeZarr, .cellH5, .files]
        access.catalog = [.tables, .search, .services]
        access.services = [base + "/"]
        access.tables = [base + "/idr-metadata/{study}/screen{screen}/"]
        access.studies = [base + "/studies.tsv"]
        access.zarrPlates = [base + "/ngff_filesets/{accession}.csv"]
        access.zarr = [base + "/bioimaging-integrator-data/"]
        access.files = [base + "/pub/databases/IDR/"]
        access.cache = cache
        access.cacheBytes = 1 << 30
        access.connectionsPerHost = 4
        access.freshness = .cached
        return access
    }
}
