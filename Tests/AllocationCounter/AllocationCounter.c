#include "AllocationCounter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZER_ALLOCATES
#endif
#endif

// Not in memory that itself must be allocated on first use.
static _Thread_local bool is_watched __attribute__((tls_model("initial-exec")));
static atomic_long count;

static void note(void) {
    if (is_watched) {
        atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    }
}

#ifdef SANITIZER_ALLOCATES

// A sanitizer has a malloc of its own, which calls these where they are defined.
void __sanitizer_malloc_hook(const volatile void *memory, size_t size);
void __sanitizer_free_hook(const volatile void *memory);

void __sanitizer_malloc_hook(const volatile void *memory, size_t size) {
    (void)memory;
    (void)size;
    note();
}

void __sanitizer_free_hook(const volatile void *memory) { (void)memory; }

#else

// The program's own definitions come before those of glibc, whose real ones have these names too.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    note();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    note();
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    note();
    void *made = __libc_memalign(alignment, size);
    if (!made && size > 0) {
        return ENOMEM;
    }
    *memory = made;
    return 0;
}

#endif

void allocation_counter_watch(bool watched) { is_watched = watched; }

long allocation_counter_count(void) { return atomic_load(&count); }
