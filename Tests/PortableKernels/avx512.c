#include "intrinsics.h"

#include "integers.h"
#include "table.h"

#include "avx512_body.h"

CK_TABLE(portable_f32, f32, CK_ISA_AVX512, CK_F32, real, real_matmul, real_peak)
CK_TABLE(portable_bf16, bf16, CK_ISA_AVX512, CK_BF16, real, real_matmul, real_peak)

PORTABLE_END
