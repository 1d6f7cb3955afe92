package import IDRPlan
import IDRTransfer

extension Access {
    /// What IDRKit knows of the IDR's hosts, as of November 2026. Not all of it was confirmed against the live service: `idrscript doctor --live` does.
    package static let published: Access = {
        var access = Access()
        access.sources = [.omeZarr, .cellH5, .files]
        access.catalog = [.tables, .search, .services]
        access.services = ["https://idr.openmicroscopy.org/"]
        access.tables = [
            "https://raw.githubusercontent.com/IDR/idr-metadata/HEAD/{study}/screen{screen}/",
            "https://raw.githubusercontent.com/IDR/{study}/HEAD/screen{screen}/",
        ]
        access.studies = ["https://raw.githubusercontent.com/IDR/idr.openmicroscopy.org/HEAD/_data/studies.tsv"]
        access.zarrPlates = [
            "https://raw.githubusercontent.com/IDR/mkngff_upgrade_scripts/HEAD/ngff_filesets/{accession}.csv",
            "https://raw.githubusercontent.com/IDR/ome-ngff-samples/HEAD/_data/table.csv",
        ]
        access.zarr = ["https://livingobjects.ebi.ac.uk/bioimaging-integrator-data/", "https://uk1s3.embassy.ebi.ac.uk/bia-integrator-data/"]
        access.files = ["https://ftp.ebi.ac.uk/pub/databases/IDR/", "ftp://ftp.ebi.ac.uk/pub/databases/IDR/"]
        access.aspera = AsperaAccess()
        access.cacheBytes = 50 << 30
        access.connectionsPerHost = 4
        access.networkPatience = Int(NetworkPause().patience)
        access.freshness = .cached
        return access
    }()
}
