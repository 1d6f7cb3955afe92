#pragma once
#include <zlib.h>

// zlib initialises through macros that pass its version and struct size.
static inline int idr_deflateInit2(z_streamp s, int level, int windowBits) {
  return deflateInit2(s, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
}
static inline int idr_inflateInit2(z_streamp s, int windowBits) { return inflateInit2(s, windowBits); }
