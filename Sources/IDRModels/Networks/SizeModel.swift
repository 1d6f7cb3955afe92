import Foundation

/// The linear part of Cellpose's size model: from a network's style vector to a first guess of the objects' diameter.
package enum SizeModel {
    /// Objects are never guessed to be smaller, in pixels.
    package static let smallestDiameter = 5.0

    /// `max(5, exp(A · (style - smean) + ln(diamMean) + ymean))`, in pixels; `diamMean` where that is no number, as for an image without any style.
    ///
    /// All in double precision, as in Cellpose 2.1. `style`, `A` and `smean` have one element per channel of the coarsest level.
    package static func diameter(style: [Double], A: [Double], smean: [Double], ymean: Double, diamMean: Double) -> Double {
        precondition(style.count == A.count && style.count == smean.count, "a size model belongs to a network whose style is as long")
        let product = zip(A, zip(style, smean)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
        let diameter = exp(product + log(diamMean) + ymean)
        return diameter.isFinite ? max(smallestDiameter, diameter) : diamMean
    }
}
