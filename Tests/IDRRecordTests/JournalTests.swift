import Foundation
import IDRPlan
import IDRRecord
import TestSupport
import Testing

struct JournalTests {
    @Test func aLineThatWasCutOffIsLeftOutAndTheNextOneStands() throws {
        let folder = try ScratchFolder()
        let path = folder("journal.jsonl")
        try Journal.append(Journal.Event(.sessionBegan, environment: Digest(filledWith: 0xab)), to: path)
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(#"{"at":"2026-"#.utf8))
        try file.close()
        try Journal.append(Journal.Event(.batchBegan, batch: 3), to: path)
        let events = try Journal.read(path)
        #expect(events.map(\.event) == [.sessionBegan, .batchBegan] && events.map(\.batch) == [nil, 3])
        #expect(events[0].environment == Digest(filledWith: 0xab))
        #expect(!Journal.isClosed(events))
    }
}
