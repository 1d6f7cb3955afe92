package import IDRPlan

/// The numbers of Cellpose's size model: a linear regression from a network's style vector to the logarithm of the objects' diameter.
///
/// `diameter = exp(A · (style - smean) + ln(diamMean) + ymean)` in pixels (Stringer et al. 2021, doi:10.1038/s41592-020-01018-x).
package struct SizeModelWeights: Sendable, Equatable {
    /// One coefficient per element of the style vector.
    package let A: [Double]
    /// The training images' mean style; files hold it as 32-bit floats, which are exact here.
    package let smean: [Double]
    /// The training images' mean of `ln(diameter / diamMean)`.
    package let ymean: Double
    /// The diameter in pixels that the network's input is scaled to.
    package let diamMean: Double

    package init(A: [Double], smean: [Double], ymean: Double, diamMean: Double) {
        self.A = A
        self.smean = smean
        self.ymean = ymean
        self.diamMean = diamMean
    }

    /// Reads a file such as Cellpose's `size_cytotorch_0.npy`: a pickled dictionary inside a `.npy` file. Nothing in it is executed.
    ///
    /// - Throws: `missing`, `invalidInput` for truncated or other files, `refused` for files that ask for code.
    package init(reading path: String) throws(IDRError) {
        self = try WeightBytes.naming(path) { () throws(IDRError) in try SizeModelWeights(bytes: try WeightBytes.read(path)) }
    }

    package init(bytes: [UInt8]) throws(IDRError) {
        let header = try NumpyHeader(bytes)
        guard header.descriptor.hasSuffix("O") else {
            throw IDRError(
                .invalidInput, "the file is not a size model", because: "it holds plain numbers, not a dictionary",
                fix: "name the size model's .npy that belongs to the network")
        }
        let reader = NumpyPickle(pickle: try Unpickler.read(bytes[header.end...]), limit: WeightBytes.unfoldingLimit(fileSize: bytes.count))
        guard let pairs = reader.pickle.pairs(try reader.object()) else {
            throw IDRError(.invalidInput, "the file is not a size model", because: "the object in it is no dictionary")
        }
        func numbers(_ key: String) throws(IDRError) -> [Double] {
            // As in Python, the last of equal keys counts.
            guard let value = pairs.last(where: { reader.pickle.name($0.key) == key })?.value else {
                throw IDRError(.invalidInput, "the file is not a size model", because: "its dictionary has no \(key)")
            }
            let numbers = try reader.numbers(value, called: key)
            guard numbers.allSatisfy(\.isFinite) else { throw IDRError(.invalidInput, "\(key) of the size model is not finite") }
            return numbers
        }
        A = try numbers("A")
        smean = try numbers("smean")
        let (ymeans, diameters) = (try numbers("ymean"), try numbers("diam_mean"))
        guard !A.isEmpty, A.count == smean.count else {
            throw IDRError(.invalidInput, "the size model is inconsistent", because: "A has \(A.count) numbers and smean \(smean.count)")
        }
        guard ymeans.count == 1, diameters.count == 1, diameters[0] > 0 else {
            throw IDRError(
                .invalidInput, "the size model is inconsistent", because: "ymean and diam_mean must be one number each, diam_mean positive")
        }
        ymean = ymeans[0]
        diamMean = diameters[0]
    }
}
