#include "intrinsics.h"

#include "emulated_tiles.h"
#include "integers.h"
#include "table.h"

#define CK_NATIVE_BF16
#include "avx512_body.h"
#include "avx512_integers.h"

extern const ck_kernels portable_bf16, portable_int8;
#define VECTORS_BF16 portable_bf16
#define VECTORS_INT8 portable_int8
#include "amx_body.h"

CK_TABLE_BUT_ATTENTION(portable_amx_bf16, bf16, CK_ISA_AMX, CK_BF16, real, amx_matmul, amx_peak)
CK_TABLE_BUT_ATTENTION(portable_amx_int8, int8, CK_ISA_AMX, CK_INT8, integer, amx_integer_matmul,
                       amx_peak)
CK_TABLE_BUT_ATTENTION(portable_amx_int4, int4, CK_ISA_AMX, CK_INT4, integer, amx_integer_matmul,
                       amx_peak)

PORTABLE_END
