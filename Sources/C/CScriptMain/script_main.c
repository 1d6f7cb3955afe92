// The two hooks of the Swift runtime that a script's executable overrides. They are C because the compiler reserves the names,
// and they must be linked statically: in a dynamic library the runtime does not see them.
#include "script_main.h"

#include <execinfo.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

// Where an error that reaches the top level ends, instead of in a trap. Defined in Swift.
extern void idrkit_error_in_main(void *error);

__attribute__((swiftcall)) void swift_errorInMain(void *error) { idrkit_error_in_main(error); }

extern char __executable_start, etext;
extern void (*_Atomic _swift_willThrow)(void *error) __attribute__((weak));

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *lastError;
static uintptr_t lastOffsets[IDRKIT_THROW_FRAMES];
static int lastCount;

// Remembers the addresses in the executable that the newest throw came through, the innermost first. Packages that a script needs are linked
// into it, so that the first may be one of theirs.
static void remember(void *error) {
  void *frames[48];
  uintptr_t offsets[IDRKIT_THROW_FRAMES];
  int found = 0;
  int count = backtrace(frames, 48);
  for (int i = 0; i < count && found < IDRKIT_THROW_FRAMES; i++) {
    char *frame = frames[i];
    if (frame <= &__executable_start || frame >= &etext || frame == (char *)&remember) continue;
    char *own = (char *)&remember;
    if (frame > own && frame < own + 512) continue;  // this function's own frame
    offsets[found++] = (uintptr_t)(frame - &__executable_start) - 1;
  }
  if (found == 0) return;
  pthread_mutex_lock(&lock);
  lastError = error;
  lastCount = found;
  for (int i = 0; i < found; i++) lastOffsets[i] = offsets[i];
  pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void install(void) {
  if (&_swift_willThrow) _swift_willThrow = remember;
}

int idrkit_throw_offsets(void *error, uintptr_t *out) {
  pthread_mutex_lock(&lock);
  int count = error == lastError ? lastCount : 0;
  for (int i = 0; i < count; i++) out[i] = lastOffsets[i];
  pthread_mutex_unlock(&lock);
  return count;
}
