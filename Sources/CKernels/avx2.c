#if defined(__x86_64__)

#include "attention.h"
#include "table.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "avx2_body.h"
#include "avx2_encoding.h"
#include "avx2_integers.h"

#include "avx2_attention.h"
#include "attention_block.h"
#include "attention_body.h"

CK_TABLE(ck_avx2_f32, f32, CK_ISA_AVX2, CK_F32, real, real_matmul, real_peak)
CK_TABLE(ck_avx2_bf16, bf16, CK_ISA_AVX2, CK_BF16, real, real_matmul, real_peak)
CK_TABLE(ck_avx2_int8, int8, CK_ISA_AVX2, CK_INT8, integer, integer_matmul, integer_peak)
CK_TABLE(ck_avx2_int4, int4, CK_ISA_AVX2, CK_INT4, integer, integer_matmul, integer_peak)

#pragma clang attribute pop

#endif
