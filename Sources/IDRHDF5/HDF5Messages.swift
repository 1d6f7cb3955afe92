package import IDRFiles
package import IDRPlan

/// All that is asked of HDF5 from outside: values that another process can answer as well as this one, for files are not always to be trusted.
/// Handles and pointers never cross.
package enum HDF5Request: Sendable, Codable {
    /// Answered by `opened`.
    case open(HDF5Source)
    /// Answered by `answer`, or, of a file in pages, `missing`: then the same is asked again after the missing bytes were supplied.
    case ask(HDF5Question, of: HDF5FileNumber)
    /// Bytes of a file in pages: they begin at a page's beginning and end at one's end, or the file's. Answered by `done`.
    case supply(RawNumbers<UInt8>, at: Int, to: HDF5FileNumber)
    /// Answered by `done`.
    case close(HDF5FileNumber)
}

/// What HDF5 says to a request.
package enum HDF5Reply: Sendable, Codable {
    case opened(HDF5FileNumber)
    case answer(HDF5Answer)
    /// Ranges of bytes, whole pages each.
    case missing([Range<Int>])
    case done
    case failed(IDRError)
}

/// An open file, for as long as it is not closed.
package struct HDF5FileNumber: Sendable, Hashable, Codable {
    package let value: Int
}

/// Where a file's bytes are.
package enum HDF5Source: Sendable, Hashable, Codable {
    /// On disk, at this path.
    case file(String)
    /// The same, in a folder that a person named: files beside it may be opened that its datasets are stored in.
    case mirrored(String)
    /// Elsewhere: they are supplied as they turn out to be missing. `name` is what messages call the file, `length` its size in bytes.
    case pages(name: String, length: Int)
}

/// What can be asked of an open file. Paths inside the file are absolute (`/a/b`).
package enum HDF5Question: Sendable, Hashable, Codable {
    /// What is at a path. Answered by `object`.
    case object(String)
    /// The names in a group, sorted. Answered by `texts`.
    case links(of: String)
    /// The names of an object's attributes, sorted. Answered by `texts`.
    case attributes(of: String)
    /// Strings of fixed or variable length. Answered by `texts`.
    case texts(HDF5Place)
    /// All numbers of a place, converted to a type. Answered by `numbers`.
    case numbers(HDF5Place, as: HDF5ScalarType)
    /// Blocks of a dataset, converted to a type; a block of which a part was never written is a failure. Only the chunks that a block overlaps are read.
    /// Answered by `blocks`.
    case blocks([HDF5Block], of: String, as: HDF5ScalarType)
}

/// Where values stand in a file.
package enum HDF5Place: Sendable, Hashable, Codable {
    case dataset(String)
    /// One member of a dataset of compounds.
    case member(String, of: String)
    /// An attribute of a group or dataset.
    case attribute(String, of: String)
}

/// A part of a dataset: where it starts and how far it goes, one number a dimension each.
package struct HDF5Block: Sendable, Hashable, Codable {
    package let offset: [Int]
    package let count: [Int]

    package init(offset: [Int], count: [Int]) {
        self.offset = offset
        self.count = count
    }
}

/// The answer to a question.
package enum HDF5Answer: Sendable, Codable {
    /// nil where there is nothing.
    case object(HDF5Object?)
    case texts([String])
    /// In row-major order.
    case numbers(HDF5Numbers)
    /// One a block, up to the first one that cannot be read, and why that is.
    case blocks([HDF5Numbers], failure: IDRError?)
}

/// What is at a path.
package enum HDF5Object: Sendable, Hashable, Codable {
    case group
    case dataset(HDF5DatasetInfo)
    /// A named type.
    case other
    /// A link that leads to nothing that can be opened, and why.
    case broken(IDRError)
}
