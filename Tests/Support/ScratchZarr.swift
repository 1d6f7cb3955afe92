import Foundation
import IDRFiles
package import IDRImaging
import IDRPlan

/// OME-Zarr plates (NGFF 0.4, Zarr 2) that tests write.
package enum ScratchZarr {
    /// Writes a plate of one field a well, `[t, c, z, y, x]` with one slice, in gzip chunks of one plane's part each.
    /// - Parameters:
    ///   - folder: is made; the plate's root.
    ///   - wells: names such as "A4", and planes `[frame][channel]`, all of one size.
    ///   - chunk: `[y, x]`.
    package static func writePlate(
        at folder: String, wells: [(name: String, planes: [[Plane<UInt8>]])], chunk: (y: Int, x: Int)
    ) throws {
        let places = try wells.map { well in
            guard let place = WellName(well.name) else { throw IDRError(.invalidPlan, "\(well.name) is not a well's name") }
            return (row: String(place.description.prefix { $0.isLetter }), column: place.column + 1)
        }
        let rows = Set(places.map(\.row)).sorted { ($0.count, $0) < ($1.count, $1) }
        let columns = Set(places.map(\.column)).sorted()
        let list = places.map { place in
            let (row, column) = (rows.firstIndex(of: place.row) ?? 0, columns.firstIndex(of: place.column) ?? 0)
            return #"{"path": "\#(place.row)/\#(place.column)", "rowIndex": \#(row), "columnIndex": \#(column)}"#
        }
        let names = { (names: [String]) in names.map { #"{"name": "\#($0)"}"# }.joined(separator: ", ") }
        try group(
            folder,
            """
            {"plate": {"version": "0.4", "name": "scratch", "rows": [\(names(rows))], "columns": [\(names(columns.map(String.init)))],
            "wells": [\(list.joined(separator: ", "))]}}
            """)
        for (well, place) in zip(wells, places) {
            let path = "\(folder)/\(place.row)/\(place.column)"
            try group("\(folder)/\(place.row)", nil)
            try group(path, #"{"well": {"version": "0.4", "images": [{"path": "0"}]}}"#)
            try writeImage(at: "\(path)/0", planes: well.planes, chunk: chunk)
        }
    }

    /// Writes an image of one level.
    package static func writeImage(at folder: String, planes: [[Plane<UInt8>]], chunk: (y: Int, x: Int)) throws {
        guard let first = planes.first?.first, chunk.y > 0, chunk.x > 0 else { throw IDRError(.invalidPlan, "there is nothing to write") }
        let axes = "tczyx".map { #"{"name": "\#($0)"}"# }.joined(separator: ", ")
        try group(folder, #"{"multiscales": [{"version": "0.4", "axes": [\#(axes)], "datasets": [{"path": "0"}]}]}"#)
        let shape = [planes.count, planes[0].count, 1, first.height, first.width]
        try write(
            """
            {"zarr_format": 2, "shape": \(shape), "chunks": [1, 1, 1, \(chunk.y), \(chunk.x)], "dtype": "|u1", "fill_value": 0, "order": "C",
            "compressor": {"id": "gzip", "level": 1}, "filters": null, "dimension_separator": "/"}
            """, to: "\(folder)/0/.zarray")
        for (frame, channels) in planes.enumerated() {
            for (channel, plane) in channels.enumerated() {
                for y in stride(from: 0, to: plane.height, by: chunk.y) {
                    for x in stride(from: 0, to: plane.width, by: chunk.x) {
                        let path = "\(folder)/0/\(frame)/\(channel)/0/\(y / chunk.y)/\(x / chunk.x)"
                        try write(Data(Gzip.compress(part(of: plane, y, x, chunk), name: "")), to: path)
                    }
                }
            }
        }
    }

    /// A chunk, whole also where it passes the plane's edge.
    private static func part(of plane: Plane<UInt8>, _ y: Int, _ x: Int, _ chunk: (y: Int, x: Int)) -> [UInt8] {
        (y..<y + chunk.y).flatMap { row in
            (x..<x + chunk.x).map { column in row < plane.height && column < plane.width ? plane[row, column] : 0 }
        }
    }

    private static func group(_ folder: String, _ attributes: String?) throws {
        try write(#"{"zarr_format": 2}"#, to: "\(folder)/.zgroup")
        if let attributes { try write(attributes, to: "\(folder)/.zattrs") }
    }

    private static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

    private static func write(_ data: Data, to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }
}
