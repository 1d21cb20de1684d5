// What a rank needs of MPI, in functions that Swift can see: MPI_COMM_WORLD, MPI_BYTE and the like are
// macros with casts in Open MPI, and numbers in MPICH. Every function is inline, so that one module
// serves either library. Errors come back as MPI's codes; MPI_SUCCESS is 0.
#pragma once

#include <mpi.h>
#include <stddef.h>

// Memory that all ranks of the host see, a slice for each.
typedef struct {
    MPI_Win window;
} cmpi_window;

// Starts MPI for calls of the main thread alone. Errors are returned from now on.
static inline int cmpi_start(void) {
    int provided = 0;
    const int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    return code == MPI_SUCCESS ? MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN) : code;
}

static inline int cmpi_finish(void) { return MPI_Finalize(); }

static inline int cmpi_rank(void) {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

static inline int cmpi_count(void) {
    int count = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    return count;
}

// How many of the ranks are on this host, the caller among them.
static inline int cmpi_count_here(void) {
    MPI_Comm here;
    int count = 0;
    if (MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here) ==
        MPI_SUCCESS) {
        MPI_Comm_size(here, &count);
        MPI_Comm_free(&here);
    }
    return count;
}

static inline int cmpi_barrier(void) { return MPI_Barrier(MPI_COMM_WORLD); }

// From rank 0 to all.
static inline int cmpi_broadcast(void *bytes, int count) {
    return MPI_Bcast(bytes, count, MPI_BYTE, 0, MPI_COMM_WORLD);
}

// One number of each rank, to rank 0.
static inline int cmpi_gather_count(int count, int *counts) {
    return MPI_Gather(&count, 1, MPI_INT, counts, 1, MPI_INT, 0, MPI_COMM_WORLD);
}

// So many bytes of each rank, to these places at rank 0.
static inline int cmpi_gather(const void *bytes, int count, void *all, const int *counts,
                              const int *places) {
    return MPI_Gatherv(bytes, count, MPI_BYTE, all, counts, places, MPI_BYTE, 0, MPI_COMM_WORLD);
}

// Makes a window, together with all ranks, which must all be on this host.
static inline int cmpi_open_window(size_t bytes, cmpi_window *window) {
    void *base = NULL;
    return MPI_Win_allocate_shared((MPI_Aint)bytes, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &base,
                                   &window->window);
}

// Where a rank's slice of it lies in this process; NULL on an error.
static inline void *cmpi_slice(const cmpi_window *window, int rank) {
    MPI_Aint bytes = 0;
    int unit = 0;
    void *base = NULL;
    const int code = MPI_Win_shared_query(window->window, rank, &bytes, &unit, &base);
    return code == MPI_SUCCESS ? base : NULL;
}

static inline int cmpi_close_window(cmpi_window *window) { return MPI_Win_free(&window->window); }

// Writes which MPI this is, such as "Open MPI v4.1.4, ...", into cmpi_text_bytes; its length.
static inline int cmpi_library(char *text) {
    int length = 0;
    return MPI_Get_library_version(text, &length) == MPI_SUCCESS ? length : 0;
}

enum { cmpi_text_bytes = MPI_MAX_LIBRARY_VERSION_STRING };
