#pragma once
#include <stdint.h>

#define IDRKIT_THROW_FRAMES 16

// Offsets in the executable of the places that `error` was thrown through, the innermost first, in `out`, which has room for
// IDRKIT_THROW_FRAMES of them. Returns how many there are: 0 where it was thrown outside the executable's own code.
int idrkit_throw_offsets(void *error, uintptr_t *out);
