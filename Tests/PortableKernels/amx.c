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

AMX_TABLES(portable_amx)

PORTABLE_END
