#include "intrinsics.h"

#include "attention.h"
#include "table.h"

#include "avx512_body.h"
#include "avx512_integers.h"
#include "avx512_attention.h"
#include "avx512_attention_whole.h"
#include "attention_body.h"

CK_TABLE(portable_int8, int8, CK_ISA_AVX512_VNNI, CK_INT8, integer, integer_matmul, integer_peak)
CK_TABLE(portable_int4, int4, CK_ISA_AVX512_VNNI, CK_INT4, integer, integer_matmul, integer_peak)

PORTABLE_END
