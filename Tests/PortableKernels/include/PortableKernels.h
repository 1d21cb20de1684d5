#pragma once

#include "CKernels.h"

#pragma clang assume_nonnull begin

/// The kernels of AVX-512 and AMX without their instructions, so that they can be tested on other
/// CPUs: the same bodies over intrinsics and tiles in plain C. NULL where the set has no kernels of
/// its own for the element, and on x86-64 without AVX2, which they are compiled to.
const ck_kernels *_Nullable portable_kernels(ck_isa isa, ck_element element);

#pragma clang assume_nonnull end
