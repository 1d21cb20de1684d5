#pragma once

#include <stdbool.h>

/// Counts what threads allocate, by standing in for malloc and its kin in the test program.

/// Starts or stops counting what the calling thread allocates.
void allocation_counter_watch(bool watched);

/// Allocations of all watched threads so far.
long allocation_counter_count(void);
