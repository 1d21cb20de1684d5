#include "CLinuxShims.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

void cls_futex_wait(const void *word, uint32_t expected, bool is_shared) {
    syscall(SYS_futex, word, is_shared ? FUTEX_WAIT : FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

void cls_futex_wake_all(const void *word, bool is_shared) {
    syscall(SYS_futex, word, is_shared ? FUTEX_WAKE : FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

int cls_open_process(int32_t process) {
    const long descriptor = syscall(SYS_pidfd_open, process, 0);
    return descriptor < 0 ? -errno : (int)descriptor;
}

const char *cls_entry_name(const struct dirent *entry) { return entry->d_name; }

int32_t cls_thread_id(void) { return (int32_t)syscall(SYS_gettid); }

uint64_t cls_thread_serial(void) {
    static uint64_t last;
    static _Thread_local uint64_t serial;
    if (serial == 0) {
        serial = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    }
    return serial;
}

bool cls_thread_exists(int32_t thread) { return syscall(SYS_tgkill, getpid(), thread, 0) == 0; }

int cls_set_thread_name(const char *name) { return pthread_setname_np(pthread_self(), name); }

int cls_set_affinity(int32_t thread, const int32_t *cpus, size_t count) {
    cpu_set_t *set = CPU_ALLOC(CLS_CPU_LIMIT);
    if (set == NULL) {
        return ENOMEM;
    }
    const size_t bytes = CPU_ALLOC_SIZE(CLS_CPU_LIMIT);
    CPU_ZERO_S(bytes, set);
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        if (cpus[i] < 0 || cpus[i] >= CLS_CPU_LIMIT) {
            result = EINVAL;
        } else {
            CPU_SET_S((size_t)cpus[i], bytes, set);
        }
    }
    if (result == 0 && sched_setaffinity(thread, bytes, set) != 0) {
        result = errno;
    }
    CPU_FREE(set);
    return result;
}

int cls_get_affinity(int32_t thread, int32_t *cpus, size_t capacity, size_t *count) {
    *count = 0;
    // The kernel refuses (EINVAL) a mask smaller than its own, so start at its largest.
    const size_t limit = 8192;
    cpu_set_t *set = CPU_ALLOC(limit);
    if (set == NULL) {
        return ENOMEM;
    }
    const size_t bytes = CPU_ALLOC_SIZE(limit);
    CPU_ZERO_S(bytes, set);
    int result = 0;
    if (sched_getaffinity(thread, bytes, set) != 0) {
        result = errno;
    }
    for (size_t cpu = 0; cpu < limit && result == 0; cpu++) {
        if (CPU_ISSET_S(cpu, bytes, set) && *count < capacity) {
            cpus[(*count)++] = (int32_t)cpu;
        }
    }
    CPU_FREE(set);
    return result;
}

int32_t cls_current_cpu(void) { return (int32_t)sched_getcpu(); }

int cls_populate(void *base, size_t length, size_t page_bytes) {
    if (madvise(base, length, MADV_POPULATE_WRITE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return errno;
    }
    for (size_t offset = 0; offset < length; offset += page_bytes) {
        // Adding zero dirties the page and keeps its content, even while another thread writes it.
        __atomic_fetch_add((unsigned char *)base + offset, 0, __ATOMIC_RELAXED);
    }
    return 0;
}

void cls_die_with_parent(void) {
    pid_t parent = getppid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // It may have ended before that.
    if (getppid() != parent) {
        raise(SIGKILL);
    }
}

int cls_populate_read(const void *base, size_t length, size_t page_bytes) {
    if (madvise((void *)(uintptr_t)base, length, MADV_POPULATE_READ) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return errno;
    }
    for (size_t offset = 0; offset < length; offset += page_bytes) {
        (void)*((const volatile unsigned char *)base + offset);
    }
    return 0;
}

bool cls_hypervisor_signature(char signature[CLS_SIGNATURE_BYTES]) {
    memset(signature, 0, CLS_SIGNATURE_BYTES);
#if defined(__x86_64__) || defined(__i386__)
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    const unsigned hypervisor_present = 1u << 31;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || (ecx & hypervisor_present) == 0) {
        return false;
    }
    __cpuid(0x40000000u, eax, ebx, ecx, edx);
    memcpy(signature, &ebx, 4);
    memcpy(signature + 4, &ecx, 4);
    memcpy(signature + 8, &edx, 4);
    return true;
#else
    return false;
#endif
}

int cls_open_counter(uint32_t type, uint64_t config, bool excludes_kernel, int32_t thread,
                     int group, int *descriptor) {
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = type;
    attributes.config = config;
    attributes.exclude_kernel = excludes_kernel;
    attributes.exclude_hv = excludes_kernel;
    attributes.read_format =
        PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    long opened =
        syscall(SYS_perf_event_open, &attributes, thread, -1, group, PERF_FLAG_FD_CLOEXEC);
    if (opened < 0) {
        return errno;
    }
    *descriptor = (int)opened;
    return 0;
}

// Between registers: newer cores do an addition of a constant without spending a cycle.
#if defined(__x86_64__) || defined(__i386__)
#define CLS_PAIR "add %1, %0\n\txor %1, %0\n\t"
#elif defined(__aarch64__)
#define CLS_PAIR "add %0, %0, %1\n\teor %0, %0, %1\n\t"
#endif

void cls_run_chain(uint64_t count) {
    size_t value = 1;
    const size_t operand = 3;
    for (uint64_t i = 0; i < count; i += 64) {
#ifdef CLS_PAIR
#define CLS_PAIRS_4 CLS_PAIR CLS_PAIR CLS_PAIR CLS_PAIR
#define CLS_PAIRS_16 CLS_PAIRS_4 CLS_PAIRS_4 CLS_PAIRS_4 CLS_PAIRS_4
        __asm__ volatile(CLS_PAIRS_16 CLS_PAIRS_16 : "+r"(value) : "r"(operand) : "cc");
#else
        for (int step = 0; step < 64; step++) {
            value += operand;
            __asm__ volatile("" : "+r"(value));
        }
#endif
    }
}
