#pragma once
#include <malloc.h>
#include <spawn.h>

// Calls of the GNU C library (2.34 or later) that Swift's view of it leaves out. No <fcntl.h>, nor <sys/stat.h>: their types would be this
// module's then, and not Foundation's.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int lowest);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *folder);
extern int pipe2(int ends[2], int flags);
extern int memfd_create(const char *name, unsigned int flags);
extern int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags);
extern int sync_file_range(int descriptor, long offset, long count, unsigned int flags);

// The program that is started has no open file from `lowest` on.
static inline int idr_spawn_close_from(posix_spawn_file_actions_t *actions, int lowest) {
  return posix_spawn_file_actions_addclosefrom_np(actions, lowest);
}

// The program that is started works in `folder`.
static inline int idr_spawn_change_folder(posix_spawn_file_actions_t *actions, const char *folder) {
  return posix_spawn_file_actions_addchdir_np(actions, folder);
}

// A pipe that no program inherits. Returns -1 and sets errno where there is none.
static inline int idr_pipe(int ends[2]) { return pipe2(ends, 02000000 /* O_CLOEXEC */); }

// Gives memory that is free back to the system.
static inline void idr_trim_memory(void) { malloc_trim(0); }

// A file in memory that no program inherits. Returns -1 and sets errno where there is none.
static inline int idr_memory_file(const char *name) { return memfd_create(name, 1U /* MFD_CLOEXEC */); }

// Two files or folders have one another's name from now on, at once. Returns -1 and sets errno: EINVAL where the file system cannot.
static inline int idr_exchange(const char *one, const char *other) {
  return renameat2(-100 /* AT_FDCWD */, one, -100, other, 2U /* RENAME_EXCHANGE */);
}

// Begins to write what an open file holds to the disk, and does not wait for it.
static inline int idr_begin_writing(int descriptor) { return sync_file_range(descriptor, 0, 0, 2U /* SYNC_FILE_RANGE_WRITE */); }
