#include "peak.h"

// More sums than a processor has fused operations under way: two a cycle, each of four to five cycles.
#define SUMS 12
#define UNROLLED _Pragma("clang loop unroll(full)")

typedef float wide __attribute__((ext_vector_type(16)));
typedef float narrow __attribute__((ext_vector_type(8)));

// Sums stay finite: each factor shrinks them as much as the summand adds.
#define PEAK(name, vector, lanes, NEXT) \
  static double name(long rounds, float *result) { \
    vector sums[SUMS]; \
    UNROLLED for (int sum = 0; sum < SUMS; sum++) sums[sum] = (vector)(float)(sum + 1); \
    const vector factor = (vector)(0.999f + 1e-9f * *result), summand = (vector)(0.001f); \
    for (long round = 0; round < rounds; round++) { \
      UNROLLED for (int sum = 0; sum < SUMS; sum++) sums[sum] = NEXT(sums[sum], factor, summand); \
    } \
    vector all = sums[0]; \
    UNROLLED for (int sum = 1; sum < SUMS; sum++) all += sums[sum]; \
    *result = all[0]; \
    return 2.0 * lanes * SUMS * (double)rounds; \
  }

#ifdef __x86_64__
#pragma clang attribute push(__attribute__((target("avx512f,fma"))), apply_to = function)
PEAK(peak_avx512, wide, 16, __builtin_elementwise_fma)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
PEAK(peak_avx2, narrow, 8, __builtin_elementwise_fma)
#pragma clang attribute pop
#endif
// What has no fused operation counts as two.
#define IN_TWO_STEPS(sum, factor, summand) ((sum) * (factor) + (summand))
PEAK(peak_portable, narrow, 8, IN_TWO_STEPS)

double idr_peak_run(long rounds, float *result) {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f")) return peak_avx512(rounds, result);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return peak_avx2(rounds, result);
#endif
  return peak_portable(rounds, result);
}

const char *idr_peak_instructions(void) {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f")) return "AVX-512";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "AVX2";
#endif
  return "portable instructions";
}
