#if defined(__x86_64__)

#include "attention.h"
#include "table.h"

#include <immintrin.h>

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c"))),        \
    apply_to = function)

#include "avx512_body.h"
#include "avx512_integers.h"
#include "avx512_attention.h"
#include "avx512_attention_whole.h"
#include "attention_body.h"

CK_TABLE(ck_avx512_int8, int8, CK_ISA_AVX512_VNNI, CK_INT8, integer, integer_matmul, integer_peak)
CK_TABLE(ck_avx512_int4, int4, CK_ISA_AVX512_VNNI, CK_INT4, integer, integer_matmul, integer_peak)

#pragma clang attribute pop

#endif
