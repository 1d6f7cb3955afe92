import IDRPlan

/// What the JSON services answer (OMERO's JSON API and web gateway); only what is needed is read.
enum ServiceAnswers {
    /// A page of a list.
    struct Page<Element: Decodable & Sendable>: Decodable, Sendable {
        struct Meta: Decodable, Sendable {
            let totalCount: Int?
            let maxLimit: Int?
        }
        let data: [Element]
        let meta: Meta?
    }

    struct Named: Decodable, Sendable {
        let id: Int
        let name: String
        private enum CodingKeys: String, CodingKey {
            case id = "@id"
            case name = "Name"
        }
    }

    struct Well: Decodable, Sendable {
        struct Sample: Decodable, Sendable {
            let image: Named?
            private enum CodingKeys: String, CodingKey { case image = "Image" }
        }
        let id: Int
        let row: Int
        let column: Int
        let samples: [Sample]?
        private enum CodingKeys: String, CodingKey {
            case id = "@id"
            case row = "Row"
            case column = "Column"
            case samples = "WellSamples"
        }
    }

    struct Annotations: Decodable, Sendable {
        struct Annotation: Decodable, Sendable {
            let ns: String?
            let values: [[String]]
        }
        let annotations: [Annotation]
    }

    /// Rows of a bulk annotation.
    struct Table: Decodable, Sendable {
        struct Content: Decodable, Sendable {
            let columns: [String]
            let rows: [[Cell]]
        }
        let data: Content
    }

    /// A value of a bulk annotation as text.
    struct Cell: Decodable, Sendable {
        let text: String
        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                text = ""
            } else if let string = try? value.decode(String.self) {
                text = string
            } else if let integer = try? value.decode(Int.self) {
                text = String(integer)
            } else {
                text = "\(try value.decode(Double.self))"
            }
        }
    }

    struct ImageData: Decodable, Sendable {
        struct Size: Decodable, Sendable {
            let width: Int
            let height: Int
            let z: Int
            let t: Int
            let c: Int
        }
        struct Channel: Decodable, Sendable { let label: String? }
        struct Meta: Decodable, Sendable { let pixelsType: String? }
        struct PixelSize: Decodable, Sendable {
            let x: Double?
            let y: Double?
        }
        let size: Size
        let channels: [Channel]?
        let meta: Meta?
        let pixelSize: PixelSize?
        private enum CodingKeys: String, CodingKey {
            case size, channels, meta
            case pixelSize = "pixel_size"
        }
    }

    struct FilePaths: Decodable, Sendable {
        let repo: [String]?
        let client: [String]?
    }

    struct Failure: Decodable, Sendable { let message: String }
}
