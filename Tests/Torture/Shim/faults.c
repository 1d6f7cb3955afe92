// Preloaded into one process by `make torture`: counts the calls by which it changes files below a folder, and at one of them kills the process or
// makes the call fail. Processes that it starts are left alone: what would load this is taken out of the environment at once.
//
//   TORTURE_BELOW   the folder, without a link in its path
//   TORTURE_LOG     a file that gets a line a call: index, kind, path
//   TORTURE_AT      the index, from 1, and TORTURE_DO: kill-before, kill-after, eio, enospc, eio-on, enospc-on (from there on)
//   TORTURE_RECORD  a file that gets every call that worked, in their order, with its data; calls then come one after another
//   TORTURE_SIGNAL  a signal's number, and TORTURE_AFTER, the microseconds until it comes
//
// What the C library writes by itself (stdio) is seen where it is asked for, not where it happens.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// In the order of `DiskCall.Kind`.
enum kind { CREATE, EMPTY, WRITE, FSYNC, RENAME, EXCHANGE, UNLINK, RMDIR, MKDIR, TRUNCATE, SYNCFS, STDIO };
static const char *const names[] = {"create", "empty", "write",    "fsync",  "rename", "exchange",
                                    "unlink", "rmdir", "mkdir", "truncate", "syncfs", "stdio"};

// What stands before the paths and the data of a recorded call. All numbers of one size, so that a reader needs no rules of layout.
struct head {
  uint64_t kind, path, other, offset, length, data;
};

static struct {
  char below[PATH_MAX];
  size_t length;
  long at;
  bool kills_before, kills_after, goes_on;
  int error, log, record;
} set = {.log = -1, .record = -1};
static bool is_on;
static atomic_long calls;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

// MARK: Settings

static int file_of(const char *name) {
  const char *path = getenv(name);
  if (!path) return -1;
  int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  // A high number, so that the program's own are what they are without this.
  int high = fcntl(file, F_DUPFD_CLOEXEC, 500);
  syscall(SYS_close, file);
  return high;
}

static void start_timer(void) {
  const char *number = getenv("TORTURE_SIGNAL"), *after = getenv("TORTURE_AFTER");
  if (!number || !after) return;
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = atoi(number)};
  long microseconds = atol(after);
  struct itimerspec when = {.it_value = {.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000 + 1}};
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || timer_settime(timer, 0, &when, NULL) != 0) abort();
}

__attribute__((constructor)) static void begin(void) {
  const char *below = getenv("TORTURE_BELOW"), *at = getenv("TORTURE_AT"), *what = getenv("TORTURE_DO");
  if (!below) return;
  set.length = strlen(below);
  if (set.length >= sizeof set.below) abort();
  strcpy(set.below, below);
  set.at = at ? atol(at) : 0;
  if (!what) what = "";
  set.kills_before = !strcmp(what, "kill-before");
  set.kills_after = !strcmp(what, "kill-after");
  set.goes_on = strstr(what, "-on") != NULL;
  set.error = !strncmp(what, "eio", 3) ? EIO : !strncmp(what, "enospc", 6) ? ENOSPC : 0;
  set.log = file_of("TORTURE_LOG");
  set.record = file_of("TORTURE_RECORD");
  start_timer();
  const char *const own[] = {"LD_PRELOAD",     "TORTURE_BELOW",  "TORTURE_LOG",   "TORTURE_AT",
                             "TORTURE_DO", "TORTURE_RECORD", "TORTURE_SIGNAL", "TORTURE_AFTER"};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) unsetenv(own[i]);
  is_on = true;
}

// MARK: Paths

static const char *path_of_file(int file, char *buffer) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, buffer, PATH_MAX - 1);
  buffer[length < 0 ? 0 : length] = 0;
  return buffer;
}

static const char *path_at(int folder, const char *path, char *buffer) {
  if (!path || path[0] == '/') return path;
  if (folder != AT_FDCWD) path_of_file(folder, buffer);
  else if (syscall(SYS_getcwd, buffer, PATH_MAX) < 0) buffer[0] = 0;
  size_t length = strlen(buffer);
  snprintf(buffer + length, PATH_MAX - length, "/%s", path);
  return buffer;
}

static bool is_below(const char *path) {
  return path && !strncmp(path, set.below, set.length) && (path[set.length] == '/' || path[set.length] == 0);
}

// MARK: One call

struct call {
  long index;
  enum kind kind;
  const char *path, *other;
  char buffers[2][PATH_MAX];
};

static void die(void) {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

static void say(const struct call *call) {
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%ld %s %s\n", call->index, names[call->kind], call->path);
  if (length > 0) syscall(SYS_write, set.log, line, (size_t)length);
}

// Counts the call. The number that it is to fail with; 0 lets it happen: then `leave` follows.
static int enter(struct call *call, enum kind kind, const char *path, const char *other) {
  call->index = 0;
  if (!is_on || !(is_below(path) || is_below(other))) return 0;
  int saved = errno;
  if (set.record >= 0) pthread_mutex_lock(&order);
  call->index = atomic_fetch_add(&calls, 1) + 1;
  call->kind = kind;
  call->path = path;
  call->other = other;
  if (set.log >= 0) say(call);
  bool is_hit = set.at > 0 && (call->index == set.at || (set.goes_on && call->index > set.at));
  if (is_hit && set.kills_before) die();
  errno = saved;
  return is_hit ? set.error : 0;
}

static void keep(const struct call *call, off_t offset, size_t length, const void *data) {
  size_t lengths[] = {strlen(call->path), call->other ? strlen(call->other) : 0, data ? length : 0};
  struct head head = {call->kind, lengths[0], lengths[1], (uint64_t)offset, length, lengths[2]};
  struct iovec parts[] = {{&head, sizeof head}, {(void *)call->path, lengths[0]}, {(void *)call->other, lengths[1]}, {(void *)data, lengths[2]}};
  size_t all = sizeof head + lengths[0] + lengths[1] + lengths[2];
  if (syscall(SYS_writev, set.record, parts, 4) != (long)all) abort();
}

static void leave(struct call *call, bool worked, off_t offset, size_t length, const void *data) {
  if (call->index == 0) return;
  int saved = errno;
  if (set.kills_after && call->index == set.at) die();
  if (set.record >= 0) {
    if (worked) keep(call, offset, length, data);
    pthread_mutex_unlock(&order);
  }
  errno = saved;
}

static int fail(int error) {
  if (set.record >= 0) pthread_mutex_unlock(&order);
  errno = error;
  return -1;
}

// The function of that name that this one stands before.
#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

// A call by file number, whose `result` decides whether it worked.
#define BY_FILE(kind, file, expression, offset, length) \
  struct call call; \
  int error = enter(&call, kind, is_on ? path_of_file(file, call.buffers[0]) : NULL, NULL); \
  if (error) return fail(error); \
  __typeof__(expression) result = expression; \
  leave(&call, result >= 0, offset, length, NULL); \
  return result

#define BY_PATH(kind, folder, path, expression, length) \
  struct call call; \
  int error = enter(&call, kind, is_on ? path_at(folder, path, call.buffers[0]) : NULL, NULL); \
  if (error) return fail(error); \
  __typeof__(expression) result = expression; \
  leave(&call, result >= 0, 0, length, NULL); \
  return result

// MARK: Writing

// Where in the file `written` bytes just went.
static off_t behind(int file, ssize_t written) { return lseek(file, 0, SEEK_CUR) - (written > 0 ? written : 0); }

ssize_t write(int file, const void *bytes, size_t count) {
  REAL(write);
  struct call call;
  int error = enter(&call, WRITE, is_on ? path_of_file(file, call.buffers[0]) : NULL, NULL);
  if (error) return fail(error);
  ssize_t result = real(file, bytes, count);
  leave(&call, result > 0, call.index ? behind(file, result) : 0, result > 0 ? (size_t)result : 0, bytes);
  return result;
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  REAL(writev);
  if (!is_on || !is_below(path_of_file(file, (char[PATH_MAX]){0}))) return real(file, parts, count);
  ssize_t all = 0;
  for (int i = 0; i < count; i++) {
    ssize_t written = parts[i].iov_len ? write(file, parts[i].iov_base, parts[i].iov_len) : 0;
    if (written < 0) return all ? all : -1;
    all += written;
    if ((size_t)written < parts[i].iov_len) break;
  }
  return all;
}

#define PWRITE(name, offset_type) \
  ssize_t name(int file, const void *bytes, size_t count, offset_type offset) { \
    REAL(name); \
    struct call call; \
    int error = enter(&call, WRITE, is_on ? path_of_file(file, call.buffers[0]) : NULL, NULL); \
    if (error) return fail(error); \
    ssize_t result = real(file, bytes, count, offset); \
    leave(&call, result > 0, offset, result > 0 ? (size_t)result : 0, bytes); \
    return result; \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file) {
  REAL(fwrite);
  struct call call;
  int number = is_on ? fileno(file) : -1;
  int error = enter(&call, STDIO, number >= 0 ? path_of_file(number, call.buffers[0]) : NULL, NULL);
  if (error) return fail(error), 0;
  size_t result = real(bytes, size, count, file);
  leave(&call, true, 0, 0, NULL);
  return result;
}

int ftruncate(int file, off_t length) {
  REAL(ftruncate);
  BY_FILE(TRUNCATE, file, real(file, length), 0, (size_t)length);
}
int ftruncate64(int file, off64_t length) {
  REAL(ftruncate64);
  BY_FILE(TRUNCATE, file, real(file, length), 0, (size_t)length);
}
int truncate(const char *path, off_t length) {
  REAL(truncate);
  BY_PATH(TRUNCATE, AT_FDCWD, path, real(path, length), (size_t)length);
}

// MARK: To the disk

int fsync(int file) {
  REAL(fsync);
  BY_FILE(FSYNC, file, real(file), 0, 0);
}
int fdatasync(int file) {
  REAL(fdatasync);
  BY_FILE(FSYNC, file, real(file), 0, 0);
}
int syncfs(int file) {
  REAL(syncfs);
  BY_FILE(SYNCFS, file, real(file), 0, 0);
}

// MARK: Names

static int rename_as(int from, const char *old, int to, const char *new, bool exchanges, int (*act)(void *), void *context) {
  struct call call;
  int error = enter(&call, exchanges ? EXCHANGE : RENAME, is_on ? path_at(from, old, call.buffers[0]) : NULL, is_on ? path_at(to, new, call.buffers[1]) : NULL);
  if (error) return fail(error);
  int result = act(context);
  leave(&call, result == 0, 0, 0, NULL);
  return result;
}

struct renaming {
  int from, to;
  const char *old, *new;
  unsigned flags;
};

static int do_rename(void *context) {
  REAL(renameat2);
  struct renaming *r = context;
  return real(r->from, r->old, r->to, r->new, r->flags);
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
  struct renaming r = {from, to, old, new, flags};
  return rename_as(from, old, to, new, (flags & RENAME_EXCHANGE) != 0, do_rename, &r);
}
int renameat(int from, const char *old, int to, const char *new) { return renameat2(from, old, to, new, 0); }
int rename(const char *old, const char *new) { return renameat2(AT_FDCWD, old, AT_FDCWD, new, 0); }

int unlink(const char *path) {
  REAL(unlink);
  BY_PATH(UNLINK, AT_FDCWD, path, real(path), 0);
}
int unlinkat(int folder, const char *path, int flags) {
  REAL(unlinkat);
  BY_PATH(flags & AT_REMOVEDIR ? RMDIR : UNLINK, folder, path, real(folder, path, flags), 0);
}
int rmdir(const char *path) {
  REAL(rmdir);
  BY_PATH(RMDIR, AT_FDCWD, path, real(path), 0);
}
int remove(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) ? rmdir(path) : unlink(path);
}
int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  BY_PATH(MKDIR, AT_FDCWD, path, real(path, mode), 0);
}
int mkdirat(int folder, const char *path, mode_t mode) {
  REAL(mkdirat);
  BY_PATH(MKDIR, folder, path, real(folder, path, mode), 0);
}

// MARK: New files

// What is opened to be read only changes nothing.
#define OPENING(flags) (((flags) & (O_CREAT | O_TRUNC)) != 0)
#define KIND_OF_OPENING(flags) ((flags) & O_TRUNC ? EMPTY : CREATE)

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    if (!OPENING(flags)) return real(path, flags, mode); \
    BY_PATH(KIND_OF_OPENING(flags), AT_FDCWD, path, real(path, flags, mode), 0); \
  }
#define OPENAT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    if (!OPENING(flags)) return real(folder, path, flags, mode); \
    BY_PATH(KIND_OF_OPENING(flags), folder, path, real(folder, path, flags, mode), 0); \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

#define MKSTEMP(name) \
  int name(char *template) { \
    REAL(name); \
    BY_PATH(CREATE, AT_FDCWD, template, real(template), 0); \
  }
#define MKOSTEMP(name) \
  int name(char *template, int flags) { \
    REAL(name); \
    BY_PATH(CREATE, AT_FDCWD, template, real(template, flags), 0); \
  }
MKSTEMP(mkstemp)
MKSTEMP(mkstemp64)
MKOSTEMP(mkostemp)
MKOSTEMP(mkostemp64)

#define FOPEN(name) \
  FILE *name(const char *path, const char *mode) { \
    REAL(name); \
    if (mode[0] == 'r') return real(path, mode); \
    struct call call; \
    int error = enter(&call, mode[0] == 'w' ? EMPTY : CREATE, is_on ? path_at(AT_FDCWD, path, call.buffers[0]) : NULL, NULL); \
    if (error) return fail(error), NULL; \
    FILE *result = real(path, mode); \
    leave(&call, result != NULL, 0, 0, NULL); \
    return result; \
  }
FOPEN(fopen)
FOPEN(fopen64)
