#pragma once
#include <openssl/crypto.h>
#include <openssl/evp.h>

/// Begins to use OpenSSL without its own clearing up when the process ends: threads that still hash then would find its locks gone.
static inline int idrkit_crypto_begin(void) { return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL); }
