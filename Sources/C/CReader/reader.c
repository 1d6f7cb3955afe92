// Whatever program IDRKit is part of can be started anew as the reader of foreign bytes: it is caught here, before the first line of its own.
#include "reader.h"

#include <stdlib.h>
#include <sys/stat.h>

// Never returns. Defined in Swift.
extern void idrkit_reader(void);

// The Swift runtime's libraries, and this image's own types, are there by now: the linker puts the runtime's own constructor first.
__attribute__((constructor)) static void become_reader(void) {
  struct stat status;
  if (!getenv(IDRKIT_READER) || fstat(IDRKIT_READER_SOCKET, &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  idrkit_reader();
}
