#pragma once

#include "CKernels.h"

#pragma clang assume_nonnull begin

/// The AMX kernels of CKernels with their tile instructions done in plain C, so that they can be
/// tested on any CPU with AVX-512; NULL for f32. Each thread has tiles of its own.
const ck_kernels *_Nullable emulated_amx_kernels(ck_element element);

#pragma clang assume_nonnull end
