#ifndef IDR_PEAK_H
#define IDR_PEAK_H

/// Floating point operations (a product and a sum are two) that `rounds` rounds of independent fused operations are; what they give is written to
/// `result`, so that none is left out. Uses the widest registers of this processor.
double idr_peak_run(long rounds, float *result);

/// Such as "AVX-512"; the instructions that `idr_peak_run` uses.
const char *idr_peak_instructions(void);

#endif
