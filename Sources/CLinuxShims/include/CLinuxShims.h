// What Linux offers and Swift cannot see: function-like macros (CPU_SET), declarations behind
// _GNU_SOURCE, variadic calls (syscall), inline assembly. Each shim does one call and no more;
// errors come back as an errno value, 0 meaning success.
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

// One more than the largest CPU that these shims can name.
#define CLS_CPU_LIMIT 4096

// Size of the buffer that cls_hypervisor_signature fills, the closing zero included.
#define CLS_SIGNATURE_BYTES 13

// Tells the core that the caller spins. Swift has no intrinsic for it. Inline, since a call would
// cost as much as the pause itself on cores whose pause is short.
static inline void cls_cpu_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ volatile("yield" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

// Sleeps while *word == expected, until woken. May return early: the caller checks again. is_shared
// says that other processes see the word too.
// syscall(2) is variadic, and glibc has no futex function.
void cls_futex_wait(const void *word, uint32_t expected, bool is_shared);

// Wakes everyone who sleeps on word.
void cls_futex_wake_all(const void *word, bool is_shared);

// A descriptor that can be read once the process has ended (Linux 5.3), or a negative errno. Older
// headers have no pidfd_open.
int cls_open_process(int32_t process);

// The name of a directory entry. Swift would copy all 256 bytes that struct dirent declares for it,
// and an entry may end before.
const char *cls_entry_name(const struct dirent *entry);

// The kernel's id of the calling thread; gettid is behind _GNU_SOURCE.
int32_t cls_thread_id(void);

// A number that no other thread of this process has or had: the kernel's ids and pthread_t values
// are used again once a thread has ended. Swift has no thread-local variables.
uint64_t cls_thread_serial(void);

// Whether thread still is a thread of this process; tgkill is behind _GNU_SOURCE.
bool cls_thread_exists(int32_t thread);

// Names the calling thread, at most 15 bytes; pthread_setname_np is behind _GNU_SOURCE.
int cls_set_thread_name(const char *name);

// Gives thread (0: the calling one) exactly these CPUs. CPU_SET is a macro.
int cls_set_affinity(int32_t thread, const int32_t *cpus, size_t count);

// Writes the CPUs that thread (0: the calling one) may run on, ascending, into cpus, which holds
// capacity entries, and their number into count.
int cls_get_affinity(int32_t thread, int32_t *cpus, size_t capacity, size_t *count);

// The CPU that the calling thread runs on at this moment, or -1.
int32_t cls_current_cpu(void);

// Makes every page of the range present and writable without changing what it holds.
// MADV_POPULATE_WRITE (Linux 5.14) is missing from older headers; before it, each page is touched.
// base and length are multiples of page_bytes.
int cls_populate(void *base, size_t length, size_t page_bytes);

// Has the kernel end this process when its parent ends; prctl has a variable number of arguments.
void cls_die_with_parent(void);

// Makes pages present for reading, as cls_populate does for writing. 0, or an errno.
int cls_populate_read(const void *base, size_t length, size_t page_bytes);

// Writes the hypervisor's own signature (CPUID leaf 0x40000000, "KVMKVMKVM") with a closing zero.
// False where there is no hypervisor or no such instruction. Swift has no CPUID.
bool cls_hypervisor_signature(char signature[_Nonnull CLS_SIGNATURE_BYTES]);

// Opens a counter of thread (0: the calling one) on every CPU, in the group of the descriptor group
// (-1: it leads a new one), and lets it count at once. The leader is read as the number of
// counters, the nanoseconds that the group was enabled and that it ran, and each count, all 64
// bits. glibc has no perf_event_open.
int cls_open_counter(uint32_t type, uint64_t config, bool excludes_kernel, int32_t thread,
                     int group, int *descriptor);

// Runs count instructions of one cycle each (a multiple of 64), each waiting for the one before.
// Swift has no inline assembly, and would compute the result of the chain without running it.
void cls_run_chain(uint64_t count);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
