#pragma once

#include "CKernels.h"

#pragma clang assume_nonnull begin

/// The kernels of AVX-512 and AMX without their instructions, so that they can be tested on other
/// CPUs: the same bodies over intrinsics and tiles in plain C. NULL where the set has no kernels of
/// its own for the element, and on x86-64 without AVX2, which they are compiled to.
const ck_kernels *_Nullable portable_kernels(ck_isa isa, ck_element element);

/// Steps of weights that a product of so many rows reads from memory: those that pass by before any
/// row has met them, counted in the walk of the product itself.
size_t steps_read_by_product(size_t rows, size_t steps, size_t panels, void *_Nullable scratch);

#pragma clang assume_nonnull end
