#include "intrinsics.h"

#include "attention.h"
#include "table.h"

#include "avx512_body.h"
#include "avx512_products.h"
#include "avx512_attention.h"
#include "avx512_attention_real.h"
#include "attention_body.h"

CK_TABLE(portable_f32, f32, CK_ISA_AVX512, CK_F32, real, real_matmul, real_peak)
CK_TABLE(portable_bf16, bf16, CK_ISA_AVX512, CK_BF16, real, real_matmul, real_peak)

PORTABLE_END
