#pragma once

/// Forbids mbind and sched_setaffinity to the calling thread and to all that it starts, as the
/// seccomp filter of a container does: they fail with `error`.
///
/// Returns 0, or the errno where the kernel has no such filters.
int forbid_placement(int error);
