// Makes a call of the C library fail, in a program that is started with this in LD_PRELOAD.
//
// FAULTS_PROCESS  parent or worker: in which of the two processes of a sweep; the other is left alone
// FAULTS_CALLS    a file of zeros, shared by all processes: how often each function was called, and how many calls failed
// FAULTS_FUNCTION the function, by its name in `names`; none only counts
// FAULTS_FIRST    the number of the call that fails, from 1
// FAULTS_LAST     the number of the last call that fails
// FAULTS_ERROR    its errno; 0 makes write take half of what it is given

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// `send` is write to what is no file: a pipe, a terminal. `open` is one that may make a file.
#define FUNCTIONS(each)                                                                                                \
    each(write) each(send) each(fsync) each(rename) each(open) each(mkdir) each(ftruncate) each(truncate) each(msync)  \
        each(posix_fallocate) each(mmap) each(mprotect) each(mbind) each(sched_setaffinity) each(pthread_create)       \
            each(posix_spawn) each(pipe2)

#define NUMBER(name) number_##name,
#define NAME(name) #name,
enum { FUNCTIONS(NUMBER) function_count };
static const char *const names[] = {FUNCTIONS(NAME)};

struct calls {
    _Atomic uint64_t made[function_count];
    _Atomic uint64_t failed;
};

static struct calls *calls; // NULL where nothing is to fail or to be counted
static int chosen = -1;
static uint64_t first, last;
static int error;

static uint64_t number(const char *name) {
    const char *text = getenv(name);
    return text == NULL ? 0 : strtoull(text, NULL, 10);
}

static bool is_worker(void) {
    char line[4096];
    const int file = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    const ssize_t length = read(file, line, sizeof line - 1);
    close(file);
    line[length < 0 ? 0 : length] = 0;
    return length > 0 && strcmp(line + strlen(line) + 1, "worker") == 0;
}

__attribute__((constructor)) static void begin(void) {
    const char *process = getenv("FAULTS_PROCESS"), *path = getenv("FAULTS_CALLS");
    if (process == NULL || path == NULL || strcmp(process, is_worker() ? "worker" : "parent") != 0) {
        return;
    }
    const char *function = getenv("FAULTS_FUNCTION");
    for (int i = 0; function != NULL && i < function_count; i++) {
        if (strcmp(function, names[i]) == 0) {
            chosen = i;
        }
    }
    first = number("FAULTS_FIRST");
    last = number("FAULTS_LAST");
    error = (int)number("FAULTS_ERROR");
    const int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    const long base = syscall(SYS_mmap, NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || base < 0) {
        abort();
    }
    close(file);
    calls = (struct calls *)base;
}

// Counts a call; whether it is to fail.
static bool fails(int function) {
    if (calls == NULL) {
        return false;
    }
    const uint64_t call = ++calls->made[function];
    if (function != chosen || call < first || call > last) {
        return false;
    }
    calls->failed++;
    errno = error;
    return true;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define FAILING(result, on_failure, name, parameters, ...)                                                             \
    result name parameters { return fails(number_##name) ? (on_failure) : REAL(name)(__VA_ARGS__); }

ssize_t write(int file, const void *bytes, size_t count) {
    struct stat status;
    const bool is_file = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    if (fails(is_file ? number_write : number_send)) {
        if (error != 0) {
            return -1;
        }
        count = (count + 1) / 2;
    }
    return REAL(write)(file, bytes, count);
}

static int open_at(int directory, const char *path, int flags, mode_t mode) {
    if ((flags & O_CREAT) != 0 && fails(number_open)) {
        return -1;
    }
    return (int)syscall(SYS_openat, directory, path, flags, mode);
}

#define OPENING(name, directory, ...)                                                                                  \
    int name(__VA_ARGS__, int flags, ...) {                                                                            \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;                                         \
        va_end(rest);                                                                                                  \
        return open_at(directory, path, flags, mode);                                                                  \
    }

OPENING(open, AT_FDCWD, const char *path)
OPENING(open64, AT_FDCWD, const char *path)
OPENING(openat, directory, int directory, const char *path)
OPENING(openat64, directory, int directory, const char *path)

FAILING(int, -1, fsync, (int file), file)
FAILING(int, -1, rename, (const char *old, const char *new), old, new)
FAILING(int, -1, mkdir, (const char *path, mode_t mode), path, mode)
FAILING(int, -1, ftruncate, (int file, off_t length), file, length)
FAILING(int, -1, truncate, (const char *path, off_t length), path, length)
FAILING(int, -1, msync, (void *base, size_t length, int flags), base, length, flags)
FAILING(int, error, posix_fallocate, (int file, off_t start, off_t length), file, start, length)
FAILING(void *, MAP_FAILED, mmap, (void *base, size_t length, int access, int flags, int file, off_t start), base,
        length, access, flags, file, start)
FAILING(int, -1, mprotect, (void *base, size_t length, int access), base, length, access)
FAILING(int, -1, sched_setaffinity, (pid_t thread, size_t size, const cpu_set_t *set), thread, size, set)
FAILING(int, -1, pipe2, (int ends[2], int flags), ends, flags)
FAILING(int, error, pthread_create,
        (pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*body)(void *),
         void *restrict argument),
        thread, attributes, body, argument)
FAILING(int, error, posix_spawn,
        (pid_t *restrict process, const char *restrict path, const posix_spawn_file_actions_t *actions,
         const posix_spawnattr_t *restrict attributes, char *const arguments[restrict], char *const variables[restrict]),
        process, path, actions, attributes, arguments, variables)

// Of libnuma, whose headers this does without.
long mbind(void *base, unsigned long length, int mode, const unsigned long *nodes, unsigned long most, unsigned flags);
FAILING(long, -1, mbind,
        (void *base, unsigned long length, int mode, const unsigned long *nodes, unsigned long most, unsigned flags),
        base, length, mode, nodes, most, flags)
