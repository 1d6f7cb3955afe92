#include "layers.h"

#include <string.h>

// Where a product and a sum are one operation is written down, and nowhere else.
#pragma STDC FP_CONTRACT OFF
// Vectors are passed to inlined functions only.
#pragma clang diagnostic ignored "-Wpsabi"

// The compiler makes of it what the instruction set has: one register, two, or four.
typedef float vector __attribute__((ext_vector_type(16)));
typedef int integers __attribute__((ext_vector_type(16)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")
#define JOINED(name, level) name##_##level
#define JOIN(name, level) JOINED(name, level)
#define NAME(name) JOIN(name, LEVEL)
// As many sums as registers hold, beside a vector of weights.
#define MOST_PIXELS 28

#define LEVEL portable
#define FOR_TILES(DO) DO(2) DO(1)
#define ROW_TILE 1
#include "layers_of_level.h"
#undef LEVEL
#undef FOR_TILES
#undef ROW_TILE

#ifdef __x86_64__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL avx2
#define FOR_TILES(DO) DO(6) DO(4) DO(2) DO(1)
#define ROW_TILE 4
#include "layers_of_level.h"
#undef LEVEL
#undef FOR_TILES
#undef ROW_TILE
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512vl,avx512bw,avx512dq"))), apply_to = function)
#define LEVEL avx512
#define FOR_TILES(DO) DO(28) DO(21) DO(7) DO(1)
#define ROW_TILE 7
#include "layers_of_level.h"
#pragma clang attribute pop
#endif

const idr_layers *idr_layers_of(idr_level level) {
  switch (level) {
  case IDR_PORTABLE:
    return &layers_portable;
#ifdef __x86_64__
  case IDR_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &layers_avx2 : NULL;
  case IDR_AVX512:
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma")
               ? &layers_avx512
               : NULL;
#endif
  default:
    return NULL;
  }
}
