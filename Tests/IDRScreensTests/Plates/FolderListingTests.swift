import IDRPlan
import TestSupport
import Testing

import IDRScreens

@Suite struct FolderListingTests {
    private func page(_ text: String, path: String = "/pub/databases/IDR/x") -> FolderListing { FolderListing(page: Array(text.utf8), path: path) }

    @Test func apacheAndNginxAreRead() {
        let apache = """
            <table><tr><th><a href="?C=N;O=D">Name</a></th></tr><tr><td><a href="/pub/databases/IDR/">Parent Directory</a></td></tr>
            <tr><td><a href="Images/">Images/</a></td></tr><tr><td><a href="A%20-%2001%28fld%201%29.tif">A - 01(fld 1).tif</a></td></tr>
            <tr><td><a HREF='x&amp;y.HTD'>x</a></td></tr></table>
            """
        #expect(page(apache) == FolderListing(files: ["A - 01(fld 1).tif", "x&y.HTD"], folders: ["Images"]))
        let nginx =
            "<h1>Index of /x/</h1><hr><pre><a href=\"../\">../</a>\n<a href=\"TimePoint_1/\">TimePoint_1/</a>\n<a href=\"a.tif\">a.tif</a></pre>"
        #expect(page(nginx) == FolderListing(files: ["a.tif"], folders: ["TimePoint_1"]))
        #expect(
            page("<a href=\"/pub/databases/IDR/x/a.tif\">a</a><a href=\"./b.tif\">b</a>") == FolderListing(files: ["a.tif", "b.tif"], folders: []))
    }

    @Test(arguments: [
        "<a href=\"https://elsewhere/a.tif\">a</a>", "<a href=\"..%2f..%2fa.tif\">a</a>", "<a href=\"a/b.tif\">a</a>", "<a href=\"%00.tif\">a</a>",
        "<a href=\"/etc/passwd\">a</a>", "<a href=\"..\">a</a>", "<a href=\"a.tif?x=1\">a</a>", "nothing", "",
    ])
    func whatIsNotInTheFolderIsLeftOut(text: String) {
        #expect(page(text) == FolderListing(files: [], folders: []))
    }

    @Test func ftpIsRead() {
        let text = """
            drwxr-xr-x    2 ftp      ftp          4096 Jan 01 2020 Images\r
            -rw-r--r--    1 ftp      ftp       1048576 Feb 12 11:20 A - 01(fld 1 wv UV - DAPI).tif\r
            lrwxrwxrwx    1 ftp      ftp            11 Jan 01 2020 last.tif -> A.tif\r
            total 12\r
            """
        let expected = FolderListing(files: ["A - 01(fld 1 wv UV - DAPI).tif", "last.tif"], folders: ["Images"])
        #expect(FolderListing(ftp: Array(text.utf8)) == expected)
    }
}
