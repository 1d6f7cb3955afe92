package import IDRPlan

/// A format of images that studies have and nothing here reads, known by a file's name.
package struct UnreadFormat: Sendable, Hashable {
    /// "Zeiss CZI (.czi)".
    package let name: String

    private static let names: [String: String] = [
        "nd2": "Nikon ND2", "czi": "Zeiss CZI", "zvi": "Zeiss ZVI", "lsm": "Zeiss LSM", "lif": "Leica LIF", "lei": "Leica LEI", "xlef": "Leica XLEF",
        "oib": "Olympus OIB", "oif": "Olympus OIF", "vsi": "Olympus VSI", "dv": "DeltaVision", "r3d": "DeltaVision", "ims": "Imaris",
        "c01": "Cellomics", "dib": "Cellomics", "stk": "MetaMorph stack", "nd": "MetaMorph", "sld": "SlideBook", "ics": "ICS", "ids": "ICS",
        "mvd2": "Volocity", "jp2": "JPEG 2000", "jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "bmp": "BMP", "avi": "AVI", "h5": "HDF5",
        "klb": "KLB", "mrxs": "MIRAX", "svs": "Aperio SVS", "ndpi": "Hamamatsu NDPI",
    ]

    /// nil where the file's ending is none of them.
    package init?(fileName: String) {
        guard let dot = fileName.lastIndex(of: "."), case let ending = fileName[fileName.index(after: dot)...].lowercased(),
            let name = Self.names[ending]
        else { return nil }
        self.name = "\(name) (.\(ending))"
    }

    /// - Parameter path: of a file, below the folder of all studies.
    package func refusal(_ path: String) -> IDRError {
        IDRError(
            .invalidInput, "the images are \(name) files, which are not read", at: [path],
            because: "TIFF, OME-TIFF, OME-Zarr and CellH5 are",
            fix: "fetch them from pub/databases/IDR/\(path), convert the plate to OME-Zarr (bioformats2raw does), and put it in a mirror")
    }
}
