#pragma once
#include <malloc.h>
#include <spawn.h>
#include <stdint.h>

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

#if defined(__x86_64__)
static inline void idr_cpuid(uint32_t leaf, uint32_t part, uint32_t out[4]) {
  __asm__("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(part));
}
#endif

// Instruction sets that this process can use, a bit each: SSE4.2, AVX, AVX2, FMA, AVX-512F, AVX-512 VNNI, AVX-VNNI, AMX. It is the processor that
// is asked, or who stands in for one: /proc/cpuinfo speaks of the host also where an emulator runs this process.
static inline uint32_t idr_instruction_sets(void) {
#if defined(__x86_64__)
  uint32_t basic[4], more[4] = {0, 0, 0, 0}, most[4] = {0, 0, 0, 0}, kept = 0, high;
  idr_cpuid(0, 0, basic);
  uint32_t leaves = basic[0];
  idr_cpuid(1, 0, basic);
  if (leaves >= 7) idr_cpuid(7, 0, more);
  if (more[0] >= 1) idr_cpuid(7, 1, most);
  // Which registers the system saves when it switches processes: those of others nobody can use.
  if (basic[2] >> 27 & 1) __asm__("xgetbv" : "=a"(kept), "=d"(high) : "c"(0));
  uint32_t wide = (kept & 0x6) == 0x6, wider = (kept & 0xe6) == 0xe6, tiles = (kept & 0x60000) == 0x60000;
  return (basic[2] >> 20 & 1) | (wide & basic[2] >> 28 & 1) << 1 | (wide & more[1] >> 5 & 1) << 2 | (wide & basic[2] >> 12 & 1) << 3 |
         (wider & more[1] >> 16 & 1) << 4 | (wider & more[2] >> 11 & 1) << 5 | (wide & most[0] >> 4 & 1) << 6 | (tiles & more[3] >> 24 & 1) << 7;
#else
  return 0;
#endif
}
