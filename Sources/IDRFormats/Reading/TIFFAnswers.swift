import IDRFiles
import IDRImaging
import IDRPlan

/// libtiff in the reader's process.
final class TIFFAnswers: ReaderAnswers {
    static let service = ReaderService.tiff

    enum Request: Sendable, Codable {
        /// Answered by `directories`.
        case directories(of: String)
        /// The planes of directories, answered by `planes`.
        case planes(TIFFPlaces, of: String, limit: Int)
        /// The only page, answered by `planes`.
        case image(Image, limit: Int)
    }

    enum Image: Sendable, Codable {
        case file(String)
        case bytes(RawNumbers<UInt8>, called: String)

        var name: String {
            switch self {
            case .file(let path): path
            case .bytes(_, let name): name
            }
        }
    }

    enum Reply: Sendable, Codable {
        case directories(TIFFList)
        case planes([TIFFNumbers])
        case failed(IDRError)
    }

    func answer(_ request: Request) -> Reply {
        do throws(IDRError) {
            switch request {
            case .directories(let path):
                return .directories(try TIFFLibrary.directories(of: path))
            case .planes(let places, let path, let limit): return .planes(try TIFFLibrary.planes(places, of: path, limit: limit))
            case .image(.file(let path), let limit): return .planes([try TIFFLibrary.image(TIFFDisk(path), limit: limit, called: path)])
            case .image(.bytes(let bytes, let name), let limit):
                return .planes([try TIFFLibrary.image(TIFFMemory(bytes.values), limit: limit, called: name)])
            }
        } catch {
            return .failed(error)
        }
    }

    /// Has a request answered by the reader.
    static func ask(_ request: Request, of file: String) throws(IDRError) -> Reply {
        let reply: Reply = try ReaderLease.once(service, request, of: file)
        if case .failed(let error) = reply { throw error }
        return reply
    }

    static func unexpected(_ file: String) -> IDRError { IDRError(.system, "the reader of TIFF images did not answer what it was asked", at: [file]) }
}

/// What a file's list of pages says.
struct TIFFList: Sendable, Codable {
    var pages: [TIFFPage]
    /// What the first page carries.
    var description: String?
    /// What an Opera's file says of its pages.
    var flex: String?
    /// How planes lie that no list names.
    var stack: TIFFStack?
}

/// Pages whose planes are wanted.
struct TIFFPlaces: Sendable, Codable {
    var places: [TIFFPlace]
    var stack: TIFFStack?
    var isOfImageJ: Bool
}

/// Where a directory lies in a file, and its place in the list, from 0.
struct TIFFPlace: Sendable, Codable {
    var offset: UInt64
    var number: Int
    /// Whether there is no other, so that messages need not name it.
    var isOnly: Bool
}

/// The pixels of a page, on their way.
struct TIFFNumbers: Sendable, Codable {
    enum Numbers: Sendable, Codable {
        case uint8(RawNumbers<UInt8>)
        case uint16(RawNumbers<UInt16>)
        case uint32(RawNumbers<UInt32>)
        case float32(RawNumbers<Float>)
    }

    var height: Int
    var width: Int
    var numbers: Numbers
    /// What of the page is stored nowhere.
    var gaps: PlaneGaps?

    init(height: Int, width: Int, numbers: Numbers) { (self.height, self.width, self.numbers) = (height, width, numbers) }

    init(_ plane: PixelPlane, _ gaps: PlaneGaps?) {
        (height, width, self.gaps) = (plane.height, plane.width, gaps)
        numbers =
            switch plane {
            case .uint8(let plane): .uint8(RawNumbers(plane.pixels))
            case .uint16(let plane): .uint16(RawNumbers(plane.pixels))
            case .float32(let plane): .float32(RawNumbers(plane.pixels))
            }
    }

    /// nil where they are no plane, or their numbers are not those of planes.
    var plane: PixelPlane? {
        switch numbers {
        case .uint8(let numbers): plane(numbers).map { .uint8($0) }
        case .uint16(let numbers): plane(numbers).map { .uint16($0) }
        case .float32(let numbers): plane(numbers).map { .float32($0) }
        case .uint32: nil
        }
    }

    /// nil where they are no plane, or their numbers are not those of masks.
    var image: GreyImage? {
        switch numbers {
        case .uint8(let numbers): plane(numbers).map { .uint8($0) }
        case .uint16(let numbers): plane(numbers).map { .uint16($0) }
        case .uint32(let numbers): plane(numbers).map { .uint32($0) }
        case .float32: nil
        }
    }

    private func plane<Pixel>(_ numbers: RawNumbers<Pixel>) -> Plane<Pixel>? {
        let (count, overflow) = height.multipliedReportingOverflow(by: width)
        guard height >= 0, width >= 0, !overflow, count == numbers.values.count else { return nil }
        return Plane(height: height, width: width, pixels: numbers.values)
    }
}
