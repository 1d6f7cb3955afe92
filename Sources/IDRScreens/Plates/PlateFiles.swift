import Foundation
import IDRFiles
import IDRFormats
import IDRPlan
import IDRTransfer

/// Where a study's files are had and its folders are listed. Paths are below the folder of all studies.
protocol PlateFiles: Sendable {
    /// What lies in a folder; nil where there is none of that name.
    func listing(of folder: String, tally: TransferTally) async throws -> FolderListing?

    /// The file at a path, on this machine; nil where there is none.
    func held(_ path: String, tally: TransferTally) async throws -> HeldFile?

    /// A file of the study's tables, by its path below the study's folder there; nil where there is none.
    func table(_ path: String, limit: Int) async throws -> (bytes: [UInt8], file: ReadFile)?
}

/// A file that is on this machine for as long as the value lives.
struct HeldFile: Sendable {
    let path: String
    /// By its path below the folder of all studies, with digest and version; asked once it was read.
    let read: @Sendable () throws -> ReadFile
}

/// A study's files in a mirror.
struct MirrorFiles: PlateFiles {
    /// The mirror's folder, and the study's name in it.
    let root: String
    let study: String

    func listing(of folder: String, tally: TransferTally) throws -> FolderListing? {
        guard let place = place(folder), let names = try OnDisk.names(in: place) else { return nil }
        var (files, folders): ([String], [String]) = ([], [])
        for name in names {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(place)/\(name)", isDirectory: &isFolder) else { continue }
            if isFolder.boolValue { folders.append(name) } else { files.append(name) }
        }
        return FolderListing(files: files, folders: folders)
    }

    func held(_ path: String, tally: TransferTally) -> HeldFile? {
        guard let place = place(path) else { return nil }
        return HeldFile(path: place) { ReadFile(content: try ContentFile(file: place, name: path)) }
    }

    func table(_ path: String, limit: Int) throws -> (bytes: [UInt8], file: ReadFile)? {
        guard let bytes = try FileBytes.read("\(root)/\(study)/\(path)", limit: limit) else { return nil }
        let file = ContentFile(name: path, bytes: bytes.count, sha256: try SHA256.digest(of: bytes))
        return (bytes, ReadFile(content: file))
    }

    /// Where something is in the mirror: as the path has it, or in the study's folder where that has another name there.
    func place(_ path: String) -> String? {
        let below = path.split(separator: "/").dropFirst().joined(separator: "/")
        return ["\(root)/\(path)", "\(root)/\(study)/\(below)"].first { FileManager.default.fileExists(atPath: $0) }
    }
}

/// A study's files on a server.
struct ServedFiles: PlateFiles {
    let screen: ScreenCatalog
    let files: any FileSource
    /// What folders are listed below; nil where nothing lists them.
    let base: RemoteURL?
    /// Addresses of the folders of the screen's tables.
    let tables: [String]
    let metadata: MetadataClient

    func listing(of folder: String, tally: TransferTally) async throws -> FolderListing? {
        guard let base else {
            throw IDRError(
                .transfer, "the plate's folder cannot be listed", at: [folder], because: "Aspera lists no folders",
                fix: "put \"files\" before \"aspera\" in \"sources\" of the configuration")
        }
        let url = try base.appending(folder + "/")
        guard let answer = try await metadata.first([url], limit: 1 << 26) else { return nil }
        if url.scheme == "ftp" { return FolderListing(ftp: answer.bytes) }
        let path = url.description.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last.map { $0.drop { $0 != "/" } } ?? ""
        return FolderListing(page: answer.bytes, path: String(path))
    }

    func held(_ path: String, tally: TransferTally) async throws -> HeldFile? {
        guard let file = try await file(path, tally: tally, verify: { _ in }) else { return nil }
        return HeldFile(path: file.path) { try file.read(name: path) }
    }

    /// The file as it is called, or in the study's folder where that has another name here; nil where there is neither.
    func file(_ path: String, tally: TransferTally, verify: @escaping @Sendable (String) async throws -> Void) async throws -> StudyFile? {
        let below = path.split(separator: "/").dropFirst().joined(separator: "/")
        for place in Set([path, "\(screen.study)/\(below)"]).sorted(by: { a, _ in a == path }) {
            do {
                return try await files.file(place, tally: tally, verify: verify)
            } catch let error as IDRError where error.code == .missing { continue }
        }
        return nil
    }

    func table(_ path: String, limit: Int) async throws -> (bytes: [UInt8], file: ReadFile)? {
        let own = "screen\(screen.tables.screen.letter)/"
        let folders = try tables.map { text throws(IDRError) in try Catalog.filled(text, screen.tables.screen, screen.study) }
        let urls = try folders.filter { $0.hasSuffix(own) }.map { folder throws(IDRError) in
            try RemoteURL(String(folder.dropLast(own.count))).appending(path)
        }
        guard !urls.isEmpty, let answer = try await metadata.first(urls, limit: limit) else { return nil }
        let file = ContentFile(name: path, bytes: answer.bytes.count, sha256: answer.sha256)
        return (answer.bytes, ReadFile(content: file))
    }
}
