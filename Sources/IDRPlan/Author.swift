/// The person and the laboratory behind a run, from the configuration's entry `author`; never guessed.
package struct Author: Codable, Sendable, Hashable {
    /// The person's name as it is cited.
    package var name: String?
    /// The person's address at ORCID: `https://orcid.org/0000-0002-1825-0097`.
    package var orcid: String?
    /// The laboratory or institution.
    package var laboratory: String?
    /// The laboratory's address at ROR: `https://ror.org/...`.
    package var ror: String?
    /// An SPDX identifier of the licence that records are published under: `CC0-1.0`.
    package var license: String?

    /// An author of whom this is known.
    package init(name: String? = nil, orcid: String? = nil, laboratory: String? = nil, ror: String? = nil, license: String? = nil) {
        self.name = name
        self.orcid = orcid
        self.laboratory = laboratory
        self.ror = ror
        self.license = license
    }
}
