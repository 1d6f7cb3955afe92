import IDRNotebook
import Testing

@Suite struct PCATests {
    @Test func twoFeaturesHaveKnownComponents() throws {
        // Standardised, with correlation r: the shares are (1 + r) / 2 and (1 - r) / 2. Here r is 0.8.
        let features: [Float] = [1, 1, 2, 3, 3, 2, 4, 5, 5, 4]
        let found = try #require(PrincipalComponents(features, rows: 5, width: 2))
        #expect(abs(found.explained.0 - 0.9) < 1e-9 && abs(found.explained.1 - 0.1) < 1e-9)
        // Signs: the largest loading, of equal ones the first, is positive, so that the highest row has the highest place.
        #expect(found.places[0].0 < found.places[4].0)
        let variance = found.places.reduce(0) { $0 + $1.0 * $1.0 }
        #expect(abs(variance - 0.9 * 10) < 1e-9)
    }

    @Test func equalComponentsAreBothFound() throws {
        // A square: no direction is better than another.
        let found = try #require(PrincipalComponents([0, 0, 0, 1, 1, 0, 1, 1], rows: 4, width: 2))
        #expect(abs(found.explained.0 - 0.5) < 1e-9 && abs(found.explained.1 - 0.5) < 1e-9)
    }

    @Test func oneDimensionLeavesNothingForTheSecond() throws {
        let found = try #require(PrincipalComponents([1, 2, 3, 2, 4, 6, 3, 6, 9], rows: 3, width: 3))
        #expect(abs(found.explained.0 - 1) < 1e-9 && found.places.allSatisfy { $0.1 == 0 })
    }

    @Test func uselessFeaturesAreLeftOut() throws {
        let features: [Float] = [1, 7, .nan, 2, 7, 1, 4, 7, 5, 8, 7, .infinity]
        let found = try #require(PrincipalComponents(features, rows: 4, width: 3))
        #expect(found.used == 1 && found.leftOut == 2 && found.explained == (1, 0))
        let picture = PCAChart.picture(title: "t", features: features, groups: ["a", "b", "a", "b"])
        #expect(picture.alt.contains("Left out as constant or not finite in a row: 2 features."))
        #expect(PictureXML(picture).texts.contains("PC 1 (100 % of variance)"))
    }

    @Test func manyRowsAreThinned() throws {
        let features = (0..<2500 * 3).map { Float(($0 * 7919) % 1009) }
        let found = try #require(PrincipalComponents(features, rows: 2500, width: 3))
        #expect(found.rows.count == 2000 && found.rows.first == 0 && found.rows.last == 2499)
        let picture = PCAChart.picture(title: "t", features: features, groups: (0..<2500).map { "\($0 % 2)" })
        #expect(picture.alt.contains("evenly chosen from 2,500") && PictureXML(picture).count("circle") == 2000)
    }

    @Test func wideTablesAreQuick() throws {
        var state: UInt64 = 1
        func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / 16_777_216 - 0.5
        }
        let loads = (0..<1280).map { _ in (next(), next()) }
        var features: [Float] = []
        features.reserveCapacity(3310 * 1280)
        for _ in 0..<3310 {
            let (first, second) = (4 * next(), 2 * next())
            for load in loads { features.append(first * load.0 + second * load.1 + next() * 0.2) }
        }
        var found: PrincipalComponents?
        let time = ContinuousClock().measure { found = PrincipalComponents(features, rows: 3310, width: 1280) }
        let shares = try #require(found?.explained)
        #expect(shares.0 > shares.1 && shares.1 > 0.1 && shares.0 + shares.1 > 0.8)
        // A fifth of a second where it was measured; the goal is two.
        #expect(time < .seconds(20))
    }
}
