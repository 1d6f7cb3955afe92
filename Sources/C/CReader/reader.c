// Whatever program IDRKit is part of can be started anew as the reader of foreign bytes, or as the part of another program that is to end with it:
// it is caught here, before the first line of its own.
#include "reader.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

// Never returns. Defined in Swift.
extern void idrkit_reader(void);

// The Swift runtime's libraries, and this image's own types, are there by now: the linker puts the runtime's own constructor first.
__attribute__((constructor)) static void become_reader(void) {
  struct stat status;
  if (!getenv(IDRKIT_READER) || fstat(IDRKIT_READER_SOCKET, &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  idrkit_reader();
}

// The kernel asks it to end where its parent does; programs that it starts are not concerned.
__attribute__((constructor)) static void end_with_parent(void) {
  const char *parent = getenv(IDRKIT_PARENT);
  if (!parent) return;
  long number = atol(parent);
  unsetenv(IDRKIT_PARENT);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != number) raise(SIGTERM);
}
