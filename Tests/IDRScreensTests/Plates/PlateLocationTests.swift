import IDRPlan
import IDRScreens
import Testing

/// Places as the plates tables of studies write them.
@Suite struct PlateLocationTests {
    @Test(arguments: [
        (
            "idr0006A", "/uod/idr/filesets/idr0006-fong-nuclearbodies/20150915/plate 11001_Plate_136/TimePoint_1/plate 11001.HTD",
            PlateLocation.files("idr0006-fong-nuclearbodies/20150915/plate 11001_Plate_136/TimePoint_1/plate 11001.HTD")
        ),
        (
            "idr0008A", "/uod/idr/filesets/idr0008-rohn-actinome/Drosophila screen//001B30_S2R/x.HTD",
            .files("idr0008-rohn-actinome/Drosophila screen/001B30_S2R/x.HTD")
        ),
        ("idr0035A", "../screens/Week8_38221.screen", .tables("screens/Week8_38221.screen")),
        ("idr0015A", "../screenA/patterns/TARA--V01.screen", .tables("screenA/patterns/TARA--V01.screen")),
        ("idr0090A", "/uod/idr/metadata/idr0090-ashdown-malaria/screens/190129.screen", .tables("screens/190129.screen")),
        ("idr0037A", "/uod/idr/filesets/idr0034-kilpinen-hipsci/x/Index.idx.xml", .files("idr0034-kilpinen-hipsci/x/Index.idx.xml")),
        ("idr0010A", "plates/1-23.pattern", .tables("screenA/plates/1-23.pattern")),
        ("idr0125A", "/ngff/idr0125/SQ00014812.ome.zarr", .zarr("/ngff/idr0125/SQ00014812.ome.zarr")),
        (
            "idr0028A", "/uod/idr/filesets/idr0028-x/LM2_siGENOME /LM2_1A /MeasurementIndex.ColumbusIDX.xml",
            .files("idr0028-x/LM2_siGENOME /LM2_1A /MeasurementIndex.ColumbusIDX.xml")
        ),
    ])
    func placesAreUnderstood(screen: String, source: String, expected: PlateLocation) throws {
        #expect(try PlateLocation(source, of: ScreenName(screen)) == expected)
    }

    @Test(arguments: [
        ("a/b/P.screen", "screen file"), ("a/Index.idx.xml", "Harmony"), ("a/x.companion.ome", "companion.ome"),
        ("a/MeasurementIndex.ColumbusIDX.xml", "Columbus"), ("a/x.lif", "not read: Leica LIF (.lif)"), ("a/x.zarr", "OME-Zarr"), ("a/b", "folder"),
    ])
    func layoutsAreNamed(path: String, expected: String) throws {
        #expect(try PlateLocation("/uod/idr/filesets/idr0001-a/\(path)", of: ScreenName("idr0001A")).layout == expected)
    }

    @Test(arguments: ["", "/", "../../x.screen", "/etc/passwd", "/uod/idr/filesets/b/x", "/uod/idr/filesets/idr0001-a", "/idr0001-a/../x"])
    func otherPlacesAreRefused(source: String) {
        #expect(throws: IDRError.self) { try PlateLocation(source, of: ScreenName("idr0001A")) }
    }
}
