#include "TileEmulator.h"

#if defined(__x86_64__)

#include "emulated_tiles.h"
#include "integers.h"
#include "table.h"

#include <immintrin.h>

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,"     \
                          "f16c"))),                                                               \
    apply_to = function)

#define CK_NATIVE_BF16
#include "avx512_body.h"
#include "avx512_integers.h"

#define VECTORS_BF16 ck_avx512_bf16
#define VECTORS_INT8 ck_avx512_int8
#include "amx_body.h"

AMX_TABLES(emulated)

#pragma clang attribute pop

const ck_kernels *_Nullable emulated_amx_kernels(ck_element element) {
    switch (element) {
    case CK_BF16:
        return &emulated_bf16;
    case CK_INT8:
        return &emulated_int8;
    case CK_INT4:
        return &emulated_int4;
    default:
        return NULL;
    }
}

#else

const ck_kernels *_Nullable emulated_amx_kernels(ck_element element) {
    (void)element;
    return NULL;
}

#endif
