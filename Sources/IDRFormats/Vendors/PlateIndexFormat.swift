import IDRFiles
package import IDRPlan

/// A kind of index that says where the planes of a plate lie: one type a vendor's format, listed in ``PlateIndexFormats/all``.
package protocol PlateIndexFormat: Sendable {
    /// For people: "Harmony", "MetaXpress".
    var name: String { get }

    /// Whether it needs to know what lies beside the index: listing a folder of a server costs.
    var listsFolder: Bool { get }

    /// Whether a file of this name (without folders) is such an index. Asked before anything is read.
    func recognises(fileName: String) -> Bool

    /// Which of several such files in one folder is the plate's; nil where each may be the index of a plate of its own.
    func choose(among names: [String]) -> String?

    /// Where the planes of the plate are.
    /// - Throws: ``IDRError`` where the index is damaged, names files outside the study, or says what is not read.
    func read(_ files: IndexFiles) async throws -> PlateIndex

    /// Looks at a file of the plate before its planes are used, where the format has something to say of that.
    func check(_ file: TIFFFile) throws(IDRError)
}

extension PlateIndexFormat {
    package var listsFolder: Bool { true }

    package func choose(among names: [String]) -> String? { names.count == 1 ? names[0] : nil }

    package func check(_ file: TIFFFile) throws(IDRError) {}
}

/// The index of a plate, and what lies beside it.
package struct IndexFiles: Sendable {
    /// The index file's name within its folder.
    package let name: String
    /// Names of the files in the index's folder, sorted; without those in its folders.
    package let files: [String]
    /// Names of the folders in it, sorted.
    package let folders: [String]
    /// The plate's name in the study's tables, for indices of several plates; nil where it is not known.
    package let plate: String?
    private let place: @Sendable (_ path: String) async throws -> String?
    private let read: (@Sendable (_ path: String, _ limit: Int) async throws -> [UInt8]?)?
    private let list: @Sendable (_ folder: String) async throws -> (files: [String], folders: [String])

    /// - Parameters:
    ///   - place: where the file at a path from the folder lies on this machine, fetched where it must be; nil where there is none.
    ///   - read: the bytes of such a file, where it is not on this machine as a file.
    ///   - list: what is in a folder below the index's: sorted names.
    package init(
        name: String, files: [String], folders: [String] = [], plate: String? = nil,
        place: @escaping @Sendable (_ path: String) async throws -> String?,
        read: (@Sendable (_ path: String, _ limit: Int) async throws -> [UInt8]?)? = nil,
        list: @escaping @Sendable (_ folder: String) async throws -> (files: [String], folders: [String]) = { _ in ([], []) }
    ) {
        (self.name, self.files, self.folders, self.plate) = (name, files, folders, plate)
        (self.place, self.read, self.list) = (place, read, list)
    }

    /// No index is larger.
    package static let limit = 1 << 28

    /// The bytes of the index itself.
    package func bytes(limit: Int = IndexFiles.limit) async throws -> [UInt8] {
        guard let bytes = try await bytes(of: name, limit: limit) else {
            throw IDRError(.missing, "there is no file \(name)", fix: "check the plate's path")
        }
        return bytes
    }

    /// The bytes of the file at `path` from the index's folder; nil where there is none.
    package func bytes(of path: String, limit: Int = IndexFiles.limit) async throws -> [UInt8]? {
        if let read { return try await read(PlatePath.checked(path, called: "the file"), limit) }
        guard let place = try await self.path(of: path) else { return nil }
        return try FileBytes.read(place, limit: limit)
    }

    /// Where that file lies on this machine, for readers that open it themselves; nil where there is none.
    package func path(of path: String) async throws -> String? { try await place(PlatePath.checked(path, called: "the file")) }

    /// What lies in a folder below the index's.
    package func contents(of folder: String) async throws -> (files: [String], folders: [String]) {
        try await list(PlatePath.checked(folder, called: "the folder"))
    }
}

/// All kinds of indices.
package enum PlateIndexFormats {
    /// In the order in which they are asked; the first that recognises a file's name reads it.
    package static let all: [any PlateIndexFormat] = [
        ScreenFile(), PatternFile(), CompanionOME(), ColumbusIndex(), HarmonyIndex(), MetaXpressIndex(), CellVoyagerIndex(), InCellIndex(),
        ScanRIndex(), FlexIndex(),
    ]

    package static func format(of fileName: String) -> (any PlateIndexFormat)? { all.first { $0.recognises(fileName: fileName) } }

    package static func error(_ file: String, _ reason: String) -> IDRError {
        IDRError(.invalidInput, "the plate's index \(file) cannot be used", because: reason, fix: "fetch the file again, or correct it")
    }
}
