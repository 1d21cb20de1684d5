// What a rank needs of MPI, in functions that Swift can see: MPI_COMM_WORLD, MPI_BYTE and the like are
// macros with casts in Open MPI, and numbers in MPICH. Every function is inline, so that one module
// serves either library. Errors come back as MPI's codes; MPI_SUCCESS is 0.
#pragma once

#include <mpi.h>
#include <stddef.h>
#include <time.h>

// The ranks: all, those on this host, and the first of each host.
typedef struct {
    int rank;
    int count;
    // Which one this is of those on its host, and how many they are.
    int place;
    int count_here;
    // Known to the first rank of each host alone.
    int host;
    int hosts;
    MPI_Comm here;
    MPI_Comm speakers;
} cmpi_group;

// Memory that all ranks of a host see, a slice for each.
typedef struct {
    MPI_Win window;
} cmpi_window;

// Starts MPI for calls of the main thread alone. Errors are returned from now on.
static inline int cmpi_start(cmpi_group *group) {
    int provided = 0;
    int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    if (code != MPI_SUCCESS) {
        return code;
    }
    // Communicators that are made of this one take it over.
    code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (code != MPI_SUCCESS) {
        return code;
    }
    MPI_Comm_rank(MPI_COMM_WORLD, &group->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &group->count);
    code = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL,
                               &group->here);
    if (code != MPI_SUCCESS) {
        return code;
    }
    MPI_Comm_rank(group->here, &group->place);
    MPI_Comm_size(group->here, &group->count_here);
    const int speaks = group->place == 0;
    code = MPI_Comm_split(MPI_COMM_WORLD, speaks ? 0 : MPI_UNDEFINED, 0, &group->speakers);
    if (code == MPI_SUCCESS && speaks) {
        MPI_Comm_rank(group->speakers, &group->host);
        MPI_Comm_size(group->speakers, &group->hosts);
    }
    return code;
}

static inline int cmpi_finish(void) { return MPI_Finalize(); }

static inline int cmpi_barrier(void) { return MPI_Barrier(MPI_COMM_WORLD); }

static inline int cmpi_barrier_here(const cmpi_group *group) { return MPI_Barrier(group->here); }

// From the first rank of this host to the others on it.
static inline int cmpi_broadcast_here(const cmpi_group *group, void *bytes, int count) {
    return MPI_Bcast(bytes, count, MPI_BYTE, 0, group->here);
}

// From rank 0 to the first rank of each other host, which sleeps in between.
static inline int cmpi_broadcast_to_hosts(const cmpi_group *group, void *bytes, int count) {
    MPI_Request request;
    int code = MPI_Ibcast(bytes, count, MPI_BYTE, 0, group->speakers, &request);
    int done = 0;
    while (code == MPI_SUCCESS) {
        code = MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        if (done) {
            break;
        }
        const struct timespec pause = {0, 200000};
        nanosleep(&pause, NULL);
    }
    return code;
}

// So many bytes of each host, laid side by side in all; each has written its own.
static inline int cmpi_gather_hosts(const cmpi_group *group, void *all, int count) {
    return MPI_Allgather(MPI_IN_PLACE, 0, MPI_BYTE, all, count, MPI_BYTE, group->speakers);
}

// So many bytes for each host, to it.
static inline int cmpi_deal_hosts(const cmpi_group *group, const void *parts, void *received,
                                  int count) {
    return MPI_Alltoall(parts, count, MPI_BYTE, received, count, MPI_BYTE, group->speakers);
}

// So many bytes of each rank, laid side by side in all.
static inline int cmpi_gather_all(const void *own, void *all, int count) {
    return MPI_Allgather(own, count, MPI_BYTE, all, count, MPI_BYTE, MPI_COMM_WORLD);
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

// Makes a window, together with all ranks of this host.
static inline int cmpi_open_window(const cmpi_group *group, size_t bytes, cmpi_window *window) {
    void *base = NULL;
    return MPI_Win_allocate_shared((MPI_Aint)bytes, 1, MPI_INFO_NULL, group->here, &base,
                                   &window->window);
}

// Where the slice of a rank of this host lies in this process; NULL on an error.
static inline void *cmpi_slice(const cmpi_window *window, int place) {
    MPI_Aint bytes = 0;
    int unit = 0;
    void *base = NULL;
    const int code = MPI_Win_shared_query(window->window, place, &bytes, &unit, &base);
    return code == MPI_SUCCESS ? base : NULL;
}

static inline int cmpi_close_window(cmpi_window *window) { return MPI_Win_free(&window->window); }

// Writes which MPI this is, such as "Open MPI v4.1.4, ...", into cmpi_text_bytes; its length.
static inline int cmpi_library(char *text) {
    int length = 0;
    return MPI_Get_library_version(text, &length) == MPI_SUCCESS ? length : 0;
}

enum { cmpi_text_bytes = MPI_MAX_LIBRARY_VERSION_STRING };
