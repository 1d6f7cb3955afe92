import IDRPlan
import IDRTables
import Testing

@Suite struct NucleusLocationsTests {
    @Test(arguments: ["a", "b", "blank"])
    func filesOfTheOriginalAreRewrittenByteForByte(name: String) throws {
        let text = try Fixture.text("segmentation_illumination/e2e_\(name)_Nuclei.csv")
        let locations = try NucleusLocations(csv: text.utf8)
        #expect(locations.csv == text)
        #expect((locations.count == 0) == (name == "blank"))
    }

    @Test func outlinesOfTheOriginalAreNumPyTexts() throws {
        let locations = try NucleusLocations(csv: Fixture.text("segmentation_illumination/e2e_a_Nuclei.csv").utf8)
        let outlines = try #require(locations.outlines)
        for (outline, x) in zip(outlines, locations.x) {
            let points = outline.split { !$0.isNumber }.compactMap { Int32($0) }
            #expect(NumPyText.pairs(points, isAbbreviated: true) == outline)
            let mean = Double(stride(from: 0, to: points.count, by: 2).reduce(0) { $0 + Int(points[$1]) }) / Double(points.count / 2)
            #expect(abs(mean - x) < 1e-9)
        }
    }

    @Test func missingCentresAreEmptyFields() throws {
        let locations = NucleusLocations(x: [1.5, .nan], y: [2, .nan], outlines: ["[[1 2]\n [2 2]]", "[]"])
        #expect(locations.csv == "Nuclei_Location_Center_X,Nuclei_Location_Center_Y,object_outline\n1.5,2.0,\"[[1 2]\n [2 2]]\"\n,,[]\n")
        let again = try NucleusLocations(csv: locations.csv.utf8)
        #expect(again.count == 2 && again.x[1].isNaN && again.y[1].isNaN)
        #expect(again.outlines == locations.outlines)
    }

    @Test func noNucleiIsOneEmptyLine() throws {
        #expect(NucleusLocations().csv == "\n")
        #expect(NucleusLocations(outlines: []).csv == "\n")
        #expect(try NucleusLocations(csv: "\n".utf8).count == 0)
        #expect(try NucleusLocations(csv: "Nuclei_Location_Center_X,Nuclei_Location_Center_Y\n".utf8).count == 0)
    }

    @Test func pandasReadsWhatTheFileSaysALittleOff() throws {
        let text = "Nuclei_Location_Center_X,Nuclei_Location_Center_Y\n116.52429641296732,222.54887543771378\n"
        let exact = try NucleusLocations(csv: text.utf8)
        #expect(exact.y == [222.54887543771378])
        let read = try NucleusLocations(csv: text.utf8, reading: .pandas)
        #expect(read.y == [222.54887543771375])
        #expect(exact.asReadByPandas() == read)
        #expect(exact.csv == text)
    }

    @Test(arguments: [
        "X,Y\n1,2\n",
        "Nuclei_Location_Center_X,Nuclei_Location_Center_Y\n1\n",
        "Nuclei_Location_Center_X,Nuclei_Location_Center_Y\n1,2,3\n",
        "Nuclei_Location_Center_X,Nuclei_Location_Center_Y\n1,two\n",
        "Nuclei_Location_Center_X,Nuclei_Location_Center_Y,object_outline\n1,2,\"[[1 2]\n",
    ])
    func otherFilesAreRefused(text: String) {
        for reading in [NucleusLocations.Reading.exact, .pandas] {
            let error = #expect(throws: IDRError.self) { try NucleusLocations(csv: text.utf8, reading: reading, called: "3_50-1-Nuclei.csv") }
            #expect(error?.problem.contains("3_50-1-Nuclei.csv") == true)
        }
    }
}
