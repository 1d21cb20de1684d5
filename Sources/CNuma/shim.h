#pragma once

// libnuma. Its exported globals (numa_all_nodes_ptr and the like) are mutable, so Swift 6 refuses
// them: use the functions only.
#include <numa.h>
#include <numaif.h>
