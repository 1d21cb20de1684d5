#if defined(__x86_64__)

#include "integers.h"
#include "table.h"

#include <immintrin.h>

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,"     \
                          "f16c,amx-tile,amx-int8,amx-bf16"))),                                    \
    apply_to = function)

#define CK_NATIVE_BF16
#include "avx512_body.h"
#include "avx512_integers.h"

#define TILE_CONFIGURE(CONFIGURATION) _tile_loadconfig(CONFIGURATION)
#define TILE_RELEASE() _tile_release()
#define TILE_ZERO(T) _tile_zero(T)
#define TILE_LOAD(T, BASE, STRIDE) _tile_loadd(T, BASE, STRIDE)
#define TILE_STORE(T, BASE, STRIDE) _tile_stored(T, BASE, STRIDE)
#define TILE_ADD_BYTES(C, A, B) _tile_dpbsud(C, A, B)
#define TILE_ADD_BF16(C, A, B) _tile_dpbf16ps(C, A, B)
#define VECTORS_BF16 ck_avx512_bf16
#define VECTORS_INT8 ck_avx512_int8
#include "amx_body.h"

AMX_TABLES(ck_amx)

#pragma clang attribute pop

#endif
