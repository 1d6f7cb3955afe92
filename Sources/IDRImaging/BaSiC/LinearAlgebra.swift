import COpenBLAS

/// The linear algebra library that is linked, OpenBLAS, on one thread: its bits depend on how many there are.
package enum LinearAlgebra {
    /// OpenBLAS' own description: version, options and the processor type that it chose its kernels for.
    package static let library: String = openblas_get_config().map { String(cString: $0) } ?? "unknown"

    /// The processor type whose kernels it uses: its bits depend on it.
    package static let coreType: String = openblas_get_corename().map { String(cString: $0) } ?? "unknown"

    private static let isSingleThreaded: Bool = {
        openblas_set_num_threads(1)
        return true
    }()

    /// Largest eigenvalue of a symmetric matrix, row-major `[order, order]` (LAPACK's dsyev); NaN where elements are not finite.
    static func largestEigenvalue(of matrix: [Double], order: Int) -> Double {
        guard isSingleThreaded, order > 0, matrix.allSatisfy(\.isFinite) else { return .nan }
        var matrix = matrix
        var values = [Double](repeating: 0, count: order)
        var work = [Double](repeating: 0, count: 34 * order)
        var (n, workSize, info) = (Int32(order), Int32(34 * order), Int32(0))
        dsyev_("N", "U", &n, &matrix, &n, &values, &work, &workSize, &info)
        return info == 0 ? values[order - 1] : .nan
    }
}
