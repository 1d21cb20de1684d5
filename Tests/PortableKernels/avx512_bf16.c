#include "intrinsics.h"

#include "attention.h"
#include "table.h"

#define CK_NATIVE_BF16
#include "avx512_body.h"
#include "avx512_products.h"
#include "avx512_attention.h"
#include "avx512_attention_real.h"
#include "attention_body.h"

CK_TABLE(portable_native_bf16, native_bf16, CK_ISA_AVX512_BF16, CK_BF16, real, real_matmul,
         real_peak)

PORTABLE_END
