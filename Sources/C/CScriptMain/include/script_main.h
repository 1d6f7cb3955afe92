#pragma once
#include <stdint.h>

// Offset in the executable of the place that threw `error`, or 0 where it was thrown outside the script's own code.
uintptr_t idrkit_throw_offset(void *error);
