#pragma once

#include "CKernels.h"
#include "schedule.h"

/// Bytes of activations that a product keeps in the second-level cache beside the weights that
/// stream past; half of the 1 MiB that AVX-512 servers have had since Skylake.
#define CK_CACHE_BYTES ((size_t)512 * 1024)

/// How many rows of activations a product takes past all its weights at a time, a multiple of
/// `tile_rows`: as many as the cache keeps, in blocks of even height, because a short last one
/// would read all weights for a few rows.
static inline size_t ck_block_rows(const ck_matmul *m, size_t tile_rows) {
    size_t row_bytes = m->steps * 4;
    size_t blocks = (m->rows * row_bytes + CK_CACHE_BYTES - 1) / CK_CACHE_BYTES;
    blocks += blocks == 0;
    size_t rows = (m->rows + blocks - 1) / blocks;
    return (rows + tile_rows - 1) / tile_rows * tile_rows;
}

// Wraps the generic kernels of a file into functions for one element and lists them in a table.
// KIND is `real` or `integer`: whose rms_norm and narrow make the rows.
#define CK_TABLE(TABLE_NAME, SUFFIX, ISA, ELEMENT, KIND, MATMUL, PEAK)                             \
    static void attend_##SUFFIX(const ck_attention *attention) {                                   \
        attend((ELEMENT) == CK_INT4 ? CK_INT8 : (ELEMENT), attention, MATMUL);                     \
    }                                                                                              \
    CK_TABLE_BUT_ATTENTION(TABLE_NAME, SUFFIX, ISA, ELEMENT, KIND, MATMUL, PEAK)

// The same, where the file has functions for attention already.
#define CK_TABLE_BUT_ATTENTION(TABLE_NAME, SUFFIX, ISA, ELEMENT, KIND, MATMUL, PEAK)               \
    static void matmul_##SUFFIX(const ck_matmul *m, size_t first, size_t end) {                    \
        MATMUL(ELEMENT, m, first, end);                                                            \
    }                                                                                              \
    static void rms_norm_##SUFFIX(const float *x, const float *weight, size_t count,               \
                                  float epsilon, void *out) {                                      \
        KIND##_rms_norm(ELEMENT, x, weight, count, epsilon, out);                                  \
    }                                                                                              \
    static void narrow_##SUFFIX(const float *x, float scale, size_t count, void *out) {            \
        KIND##_narrow(ELEMENT, x, scale, count, out);                                              \
    }                                                                                              \
    static uint64_t peak_##SUFFIX(uint64_t rounds, float *sink) {                                  \
        return PEAK(ELEMENT, rounds, sink);                                                        \
    }                                                                                              \
    const ck_kernels TABLE_NAME = {                                                                \
        .isa = ISA,                                                                                \
        .element = ELEMENT,                                                                        \
        .widens = (ELEMENT) == CK_INT4 && (ISA) != CK_ISA_AVX2,                                    \
        .matmul = matmul_##SUFFIX,                                                                 \
        .rms_norm = rms_norm_##SUFFIX,                                                             \
        .rotate = rotate,                                                                          \
        .narrow = narrow_##SUFFIX,                                                                 \
        .attend = attend_##SUFFIX,                                                                 \
        .merge = merge,                                                                            \
        .largest = largest,                                                                        \
        .peak = peak_##SUFFIX,                                                                     \
        .read = read_bytes,                                                                        \
    };

extern const ck_kernels ck_scalar_f32, ck_scalar_bf16, ck_scalar_int8, ck_scalar_int4;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2_f32, ck_avx2_bf16, ck_avx2_int8, ck_avx2_int4;
extern const ck_kernels ck_avx_vnni_int8, ck_avx_vnni_int4;
extern const ck_kernels ck_avx512_f32, ck_avx512_bf16;
extern const ck_kernels ck_avx512_native_bf16, ck_avx512_int8, ck_avx512_int4;
extern const ck_kernels ck_amx_bf16, ck_amx_int8, ck_amx_int4;
#endif
