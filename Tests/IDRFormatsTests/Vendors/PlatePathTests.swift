import IDRFormats
import IDRPlan
import Testing

@Suite struct PlatePathTests {
    @Test(arguments: [
        ("x.tif", "idr0001-a/plates/p", "idr0001-a/plates/p/x.tif"), ("../x.tif", "idr0001-a/plates/p", "idr0001-a/plates/x.tif"),
        ("../../x.tif", "idr0001-a/plates/p", "idr0001-a/x.tif"), ("Images\\x.tif", "idr0001-a", "idr0001-a/Images/x.tif"),
        ("/uod/idr/filesets/idr0001-a/b//c/x.tif", "idr0001-a/screens", "idr0001-a/b/c/x.tif"),
        // A study may have had another name when its files were put there.
        ("/uod/idr/filesets/idr0001-old/x.tif", "idr0001-a/screens", "idr0001-old/x.tif"),
        // Some plates lie with those of an earlier study.
        ("/uod/idr/filesets/idr0034-b/x.tif", "idr0037-a/screens", "idr0034-b/x.tif"),
    ])
    func pathsStayInTheStudy(file: String, folder: String, expected: String) throws {
        #expect(try PlatePath.joined(PlatePath.checked(file, called: "it"), in: folder) == expected)
    }

    @Test(arguments: [
        ("../../../x.tif", "idr0001-a/plates/p"), ("/etc/passwd", "idr0001-a"), ("/uod/idr002-b/x.tif", "idr0001-a"), ("/idr0001-a", "idr0001-a"),
        ("/idrx/x", "idr0001-a"),
    ])
    func whatIsElsewhereIsRefused(file: String, folder: String) throws {
        let path = try PlatePath.checked(file, called: "it")
        #expect(throws: IDRError.self) { try PlatePath.joined(path, in: folder) }
    }

    @Test(arguments: ["", "/", "..", "a/../b", String(repeating: "a/", count: 70) + "b", "a/\u{7}"])
    func whatIsNoPathIsRefused(text: String) {
        let error = #expect(throws: IDRError.self) { try PlatePath.checked(text, called: "it") }
        #expect(error?.code == .refused)
    }
}
