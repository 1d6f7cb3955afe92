/// Which IDRKit this is.
package enum IDRKitVersion {
    /// The package's version, as in its tags and in CITATION.cff.
    package static let current = "0.1.0"

    /// The compiler that built this library.
    package static let compiler: String = {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }()
}
