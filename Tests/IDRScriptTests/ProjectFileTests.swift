import Foundation
import IDRPlan
import TestSupport
import Testing

struct ProjectFileTests {
    @Test func theCitationNamesThisVersion() throws {
        let citation = try String(contentsOf: ExampleFrames.checkout.appending(path: "CITATION.cff"), encoding: .utf8)
        #expect(citation.contains("\nversion: \(IDRKitVersion.current)\n") && citation.contains("\nlicense: BSD-3-Clause\n"))
    }

    /// Rooms stand above one another as `Package.swift` lists them, and a room's files import what the room says it uses: a build that has made
    /// another room by chance would not notice.
    @Test func aRoomUsesRoomsBelowItAlone() throws {
        let package = try String(contentsOf: ExampleFrames.checkout.appending(path: "Package.swift"), encoding: .utf8)
        var below: Set<String> = []
        for match in package.matches(of: /room\(\s*"(\w+)",\s*uses: \[([^\]]*)\]/) {
            let (room, list) = (String(match.1), match.2)
            let uses = Set(list.matches(of: /"(\w+)"/).map { String($0.1) })
            let rooms = uses.filter { $0.hasPrefix("IDR") }
            #expect(rooms.isSubset(of: below), "\(room) uses what is not below it: \(rooms.subtracting(below).sorted())")
            let imported = try imports(of: room)
            #expect(imported.isSubset(of: uses), "\(room) imports \(imported.subtracting(uses).sorted()) and does not say so")
            below.insert(room)
        }
        #expect(below.count >= 16 && below.contains("IDRKit"))
    }

    /// Modules of this package that the files of a room import.
    private func imports(of room: String) throws -> Set<String> {
        let folder = ExampleFrames.checkout.appending(path: "Sources/\(room)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects.compactMap { $0 as? URL } ?? []
        var found: Set<String> = []
        for file in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /(?m)^(?:@\w+ )?(?:public |package )?import (IDR\w+|C[A-Z]\w+)$/) { found.insert(String(match.1)) }
        }
        return found
    }
}
