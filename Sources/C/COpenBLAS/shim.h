#pragma once
// Single-precision complex types of lapack.h need C99 complex, which Swift does not import; only real routines are used.
#define LAPACK_COMPLEX_STRUCTURE
#include <cblas.h>
#include <lapacke.h>
