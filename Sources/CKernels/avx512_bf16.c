#if defined(__x86_64__)

#include "attention.h"
#include "table.h"

#include <immintrin.h>

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"))),             \
    apply_to = function)

#define CK_NATIVE_BF16
#include "avx512_body.h"
#include "avx512_products.h"
#include "avx512_attention.h"
#include "avx512_attention_real.h"
#include "attention_body.h"

CK_TABLE(ck_avx512_native_bf16, bf16, CK_ISA_AVX512_BF16, CK_BF16, real, real_matmul, real_peak)

#pragma clang attribute pop

#endif
