/// The person and the laboratory behind a run, from the configuration's entry `author`; never guessed.
public struct Author: Codable, Sendable, Hashable {
    public var name: String?
    /// `https://orcid.org/0000-0002-1825-0097`.
    public var orcid: String?
    public var laboratory: String?
    /// `https://ror.org/...`.
    public var ror: String?
    /// An SPDX identifier of the licence that records are published under: `CC0-1.0`.
    public var license: String?

    public init(name: String? = nil, orcid: String? = nil, laboratory: String? = nil, ror: String? = nil, license: String? = nil) {
        self.name = name
        self.orcid = orcid
        self.laboratory = laboratory
        self.ror = ror
        self.license = license
    }
}
