/// BaSiC illumination correction: estimates what the microscope added to every frame of a movie, and takes it out again.
///
/// A frame `I` is modelled as `I = F (C + b) + D`: the flatfield `F` (uneven illumination, mean 1), the darkfield `D` (what the
/// detector adds), the baseline `b` of the frame (a background that drifts in time) and the corrected frame `C`.
/// `F` and `D` are smooth, `C` is sparse around the background; a weighted augmented-Lagrangian decomposition separates them.
///
/// The method is that of Peng et al., "A BaSiC tool for background and shading correction of optical microscopy images",
/// Nature Communications 8:14836 (2017), with darkfield. Numbers agree with PyBaSiC (commit f3fcf198) as the IDR_stream pipeline
/// calls it. Unlike that program every loop is bounded, and stacks that determine no flatfield are recognised (``Status``).
///
/// All functions are pure and single-threaded; the same input gives the same bits on every run.
package enum BaSiC {
    /// Fields are estimated on frames of this many rows and columns, whatever the frames' shape.
    package static let workingSize = 128

    /// How heavily the estimate is smoothed: weights of the sum of absolute cosine coefficients of the two fields.
    ///
    /// The published pipeline computes them from the first movie of a process and keeps them for all later ones:
    /// pass the first movie's penalties to ``BaSiC/fit(_:penalties:settings:)`` to reproduce that.
    package struct Penalties: Sendable, Hashable, Codable {
        /// lambda_F: the flatfield's weight, >= 0.
        package var flatfield: Double
        /// lambda_D: the darkfield's weight, >= 0.
        package var darkfield: Double

        package init(flatfield: Double, darkfield: Double) {
            self.flatfield = flatfield
            self.darkfield = darkfield
        }
    }

    /// Tolerances and bounds of the three nested loops. The defaults are those of the published pipeline.
    package struct Settings: Sendable, Hashable, Codable {
        /// Most rounds of decomposition and reweighting; the published pipeline usually needs all of them.
        package var reweightingLimit = 10
        /// Rounds end when neither field changes by more than this (relative sum of absolute differences).
        package var reweightingTolerance = 1e-3
        /// Most iterations of one decomposition (31 to 35 are usual).
        package var decompositionLimit = 500
        /// Decompositions end when the norm of what the model leaves unexplained is below this fraction of the stack's norm.
        package var decompositionTolerance = 1e-6
        /// Rounds of the baseline estimate; always all of them.
        package var baselineRounds = 5
        /// Most iterations in one round of the baseline estimate (about 35 are usual). The original has no bound here.
        package var baselineLimit = 500

        package init() {}

        /// The published pipeline's settings.
        package static let published = Settings()
    }

    /// The weight lambda_D as a fraction of lambda_F.
    static let darkfieldShare = 0.2
    /// lambda_F is the sum of absolute cosine coefficients of the normalised mean frame, divided by this.
    static let penaltyDivisor = 800.0
}
