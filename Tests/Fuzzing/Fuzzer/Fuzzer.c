#include "Fuzzer.h"

#include <sanitizer/allocator_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

// One thread runs the inputs; what others allocate is not theirs.
static _Thread_local bool is_watched;
static _Thread_local size_t most;
// Below zero where older memory is freed.
static _Thread_local ptrdiff_t held;

static void note_allocation(const volatile void *memory, size_t size) {
    (void)memory;
    if (!is_watched) {
        return;
    }
    held += (ptrdiff_t)size;
    if (held > (ptrdiff_t)most) {
        is_watched = false;
        fprintf(stderr, "==ERROR: the input makes the reader hold %td bytes, more than %zu\n", held,
                most);
        __sanitizer_print_stack_trace();
        abort();
    }
}

static void note_release(const volatile void *memory) {
    if (is_watched && memory) {
        held -= (ptrdiff_t)__sanitizer_get_allocated_size(memory);
    }
}

static void note_hang(int number) {
    (void)number;
    is_watched = false;
    fprintf(stderr, "==ERROR: the input keeps the reader busy for more than a second\n");
    __sanitizer_print_stack_trace();
    abort();
}

static void set_timer(time_t seconds) {
    const struct itimerval timer = {.it_value = {.tv_sec = seconds}};
    setitimer(ITIMER_PROF, &timer, NULL);
}

void watch(size_t most_bytes) {
    static bool is_installed;
    if (!is_installed) {
        is_installed = true;
        __sanitizer_install_malloc_and_free_hooks(note_allocation, note_release);
        signal(SIGPROF, note_hang);
    }
    most = most_bytes;
    held = 0;
    is_watched = true;
    set_timer(1);
}

void begin_next(void) { set_timer(1); }

void leave(void) {
    set_timer(0);
    is_watched = false;
}
