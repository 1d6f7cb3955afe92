import Foundation
import IDRFiles
import Testing

@Suite struct PeopleTextTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1234, "1.2 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"), (20_000_000_000, "20.0 GB"),
        (Int.max, "9223.4 PB"),
    ])
    func sizes(bytes: Int, text: String) { #expect(PeopleText.size(bytes) == text) }

    @Test(arguments: [
        (0, "0.0 s", "0 s"), (-1, "0.0 s", "0 s"), (.nan, "0.0 s", "0 s"), (11.24, "11.2 s", "12 s"), (60.6, "1 min 1 s", "1 min 1 s"),
        (200.2, "3 min 20 s", "3 min 21 s"), (3900, "1 h 5 min", "1 h 5 min"), (.infinity, "277777777 h 46 min", "277777777 h 46 min"),
    ])
    func durations(seconds: Double, measured: String, expected: String) {
        #expect(PeopleText.duration(seconds) == measured)
        #expect(PeopleText.estimate(seconds) == expected)
    }

    @Test func times() { #expect(PeopleText.time(Date(timeIntervalSince1970: 1_767_225_600)) == "2026-01-01 00:00:00") }
}
