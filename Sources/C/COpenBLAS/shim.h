#pragma once
#include <cblas.h>

// LAPACK's routines live in OpenBLAS under their Fortran names; the hidden length arguments of strings of one character may be left out
// on this platform, as every C caller of LAPACK does.
extern void dsyev_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work, const int *lwork, int *info);
