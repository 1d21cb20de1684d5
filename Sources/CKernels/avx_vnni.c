#if defined(__x86_64__)

#include "attention.h"
#include "table.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,avxvnni,fma,f16c"))), apply_to = function)

#include "avx2_body.h"
#include "avx2_encoding.h"

// 6 rows × 1 panel of whole sums fill 12 of the 16 registers; int4 keeps f32 sums beside them.
// Fewer rows take two panels at a time, or their sums would wait for themselves.
#define TILE_ROWS_INT8 6
#define TILE_ROWS_INT4 4
#define TILE_ROWS_OF_TWO 2

// Whole sums of up to 6 rows × 1 panel or 2 rows × 2 panels; only VPDPBUSD reads the weights as
// they lie and saturates nowhere.
ALWAYS_INLINE void panels_int8(const ck_matmul *m, const char *a, int rows, const char *b,
                               int panels, int at, __m256 (*sums)[TILE_PANELS * HALVES]) {
    __m256i whole[TILE_ROWS_INT8][TILE_PANELS * HALVES];
    const size_t a_row_bytes = m->a_row_bytes, b_panel_bytes = m->b_panel_bytes;
    const size_t b_step_bytes = m->b_step_bytes;
    // The weights carry 128 too much: begin with what that will add, taken away.
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        int32_t sum = ck_header(a + (size_t)i * a_row_bytes, m->steps * 4)->sum;
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * HALVES; j++) {
            whole[i][j] = _mm256_set1_epi32(-128 * sum);
        }
    }
    for (size_t step = m->steps; step > 0; step--) {
        ck_ask(m, b, panels);
        __m256i w[TILE_PANELS * HALVES];
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * HALVES; j++) {
            const char *line = b + (size_t)(j / HALVES) * b_panel_bytes + j % HALVES * 32;
            w[j] = _mm256_loadu_si256((const __m256i *)line);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            __m256i x = broadcast_four(a + (size_t)i * a_row_bytes);
#pragma clang loop unroll(full)
            for (int j = 0; j < panels * HALVES; j++) {
                whole[i][j] = _mm256_dpbusd_avx_epi32(whole[i][j], w[j], x);
            }
        }
        a += 4;
        b += b_step_bytes;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * HALVES; j++) {
            sums[i][at + j] = _mm256_cvtepi32_ps(whole[i][j]);
        }
    }
}

// The sums of up to 4 rows and one panel, scaled by group; half a panel at a time, so that they
// stay in registers.
ALWAYS_INLINE void panel_int4(const ck_matmul *m, const char *a, int rows, const char *b, int at,
                              __m256 (*sums)[TILE_PANELS * HALVES]) {
    const __m256i low = _mm256_set1_epi8(15);
    const size_t a_row_bytes = m->a_row_bytes;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        sums[i][at] = sums[i][at + 1] = _mm256_setzero_ps();
    }
    for (size_t group = 0; group < m->steps / 8; group++) {
        const char *numbers = a + group * CK_GROUP;
        ck_ask_group(m, b);
#pragma clang loop unroll(full)
        for (int half = 0; half < HALVES; half++) {
            __m256i whole[TILE_ROWS_INT4];
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                whole[i] = _mm256_setzero_si256();
            }
#pragma clang loop unroll(full)
            for (int line = 0; line < 4; line++) {
                const char *pairs_at = b + line * CK_STEP_BYTES + half * 32;
                __m256i pairs = _mm256_loadu_si256((const __m256i *)pairs_at);
                __m256i first = _mm256_and_si256(pairs, low);
                __m256i second = _mm256_and_si256(_mm256_srli_epi16(pairs, 4), low);
#pragma clang loop unroll(full)
                for (int i = 0; i < rows; i++) {
                    const char *x = numbers + (size_t)i * a_row_bytes + line * 4;
                    whole[i] = _mm256_dpbusd_avx_epi32(whole[i], first, broadcast_four(x));
                    whole[i] = _mm256_dpbusd_avx_epi32(whole[i], second, broadcast_four(x + 16));
                }
            }
            const __m128i *halves = (const __m128i *)(b + 256) + half;
            __m256 scale = _mm256_cvtph_ps(_mm_loadu_si128(halves));
            __m256 minimum = _mm256_cvtph_ps(_mm_loadu_si128(halves + 2));
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                const int32_t *group_sums =
                    ck_group_sums(a + (size_t)i * a_row_bytes, m->steps * 4);
                __m256 sum = _mm256_set1_ps((float)group_sums[group]);
                __m256 scaled = sums[i][at + half];
                scaled = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole[i]), scale, scaled);
                sums[i][at + half] = _mm256_fmadd_ps(sum, minimum, scaled);
            }
        }
        b += CK_GROUP_BYTES;
    }
}

ALWAYS_INLINE void whole_tile(ck_element element, const ck_matmul *m, size_t row, int rows,
                              size_t panel, int panels) {
    __m256 sums[TILE_ROWS_INT8][TILE_PANELS * HALVES];
    const char *a = (const char *)m->a + row * m->a_row_bytes;
    const char *b = (const char *)m->b + panel * m->b_panel_bytes;
    if (element == CK_INT8 && rows <= TILE_ROWS_OF_TWO) {
        panels_int8(m, a, rows, b, panels, 0, sums);
    } else {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            const char *of = b + (size_t)j * m->b_panel_bytes;
            element == CK_INT8 ? panels_int8(m, a, rows, of, 1, j * HALVES, sums)
                               : panel_int4(m, a, rows, of, j * HALVES, sums);
        }
    }
    scale_tile(element, m, row, rows, panel, panels, sums);
    store_tile(CK_F32, m, row, rows, panel, panels, sums);
}

// Calls a tile with constants, so that its loops unroll into registers.
ALWAYS_INLINE void whole_tile_of(ck_element element, const ck_matmul *m, size_t row, size_t rows,
                                 size_t panel, size_t panels) {
#define TILE_CASE(ROWS, PANELS)                                                                    \
    case (ROWS)*8 + (PANELS):                                                                      \
        if (element == CK_INT8 || (ROWS) <= TILE_ROWS_INT4) {                                      \
            whole_tile(element, m, row, ROWS, panel, PANELS);                                      \
        }                                                                                          \
        break;
#define TILE_CASES(ROWS) TILE_CASE(ROWS, 1) TILE_CASE(ROWS, 2)
    switch (rows * 8 + panels) {
        TILE_CASES(1)
        TILE_CASES(2)
        TILE_CASES(3)
        TILE_CASES(4)
        TILE_CASES(5)
        TILE_CASES(6)
    default:
        break;
    }
#undef TILE_CASES
#undef TILE_CASE
}

ALWAYS_INLINE void whole_matmul(ck_element element, const ck_matmul *m, size_t first, size_t end) {
    const size_t tile_rows = element == CK_INT8 ? TILE_ROWS_INT8 : TILE_ROWS_INT4;
    const size_t block_rows = ck_block_rows(m, tile_rows);
    for (size_t block = 0; block < m->rows; block += block_rows) {
        size_t block_end = smaller(m->rows, block + block_rows);
        for (size_t panel = first; panel < end; panel += TILE_PANELS) {
            size_t panels = smaller(TILE_PANELS, end - panel);
            for (size_t row = block; row < block_end; row += tile_rows) {
                whole_tile_of(element, m, row, smaller(tile_rows, block_end - row), panel, panels);
            }
        }
    }
}

static void int8_matmul(const ck_matmul *m, size_t first, size_t end) {
    whole_matmul(CK_INT8, m, first, end);
}

// Half a line: 32 nibbles in the low halves of their bytes, in fixed point, of which every other
// byte is kept: n · scale + minimum.
ALWAYS_INLINE __m256i widened_half(__m256i nibbles, __m256i scale, __m256i minimum) {
    __m256i even = _mm256_and_si256(nibbles, _mm256_set1_epi16(15));
    __m256i odd = _mm256_srli_epi16(nibbles, 8);
    even = _mm256_add_epi16(_mm256_mullo_epi16(even, scale), minimum);
    odd = _mm256_add_epi16(_mm256_mullo_epi16(odd, scale), minimum);
    odd = _mm256_andnot_si256(_mm256_set1_epi16(0xff), odd);
    return _mm256_or_si256(_mm256_srli_epi16(even, 8), odd);
}

// The same 16 bits in both halves of a channel.
ALWAYS_INLINE __m256i in_both_halves(__m256i x) {
    return _mm256_blend_epi16(x, _mm256_slli_epi32(x, 16), 0xaa);
}

// As ck_widen_panel, 8 channels at a time.
static void widen_panel(const void *panel, size_t steps, void *wide) {
    const __m256i low = _mm256_set1_epi8(15);
    for (size_t half = 0; half < HALVES; half++) {
        const char *b = (const char *)panel + half * 32, *fits = (const char *)panel + half * 16;
        char *out = (char *)wide + half * 32;
        __m256 limit = _mm256_setzero_ps();
        const __m256 sign = _mm256_set1_ps(-0.0f);
        for (size_t group = 0; group < steps / 8; group++) {
            const char *block = fits + group * CK_GROUP_BYTES;
            __m256 scale = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(block + 256)));
            __m256 minimum = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(block + 288)));
            // In two roundings, as the scalar definition has it.
            __m256 top = _mm256_mul_ps(_mm256_set1_ps(15.0f), scale);
            __asm__("" : "+x"(top));
            top = _mm256_add_ps(top, minimum);
            limit = _mm256_max_ps(limit, _mm256_andnot_ps(sign, minimum));
            limit = _mm256_max_ps(limit, _mm256_andnot_ps(sign, top));
        }
        __m256 used = _mm256_cmp_ps(limit, _mm256_setzero_ps(), _CMP_GT_OQ);
        __m256 inverse = _mm256_div_ps(_mm256_set1_ps(126.0f * 256.0f), limit);
        inverse = _mm256_and_ps(used, inverse);
        for (size_t group = 0; group < steps / 8; group++) {
            const char *block = fits + group * CK_GROUP_BYTES;
            __m256 s = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(block + 256)));
            __m256 m = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(block + 288)));
            __m256i scale = _mm256_cvtps_epi32(_mm256_mul_ps(s, inverse));
            __m256i minimum = _mm256_cvtps_epi32(_mm256_mul_ps(m, inverse));
            minimum = _mm256_add_epi32(minimum, _mm256_set1_epi32(128 * 256 + 128));
            scale = in_both_halves(scale);
            minimum = in_both_halves(minimum);
            for (size_t line = 0; line < 4; line++) {
                const char *pairs_at = b + group * CK_GROUP_BYTES + line * CK_STEP_BYTES;
                __m256i pairs = _mm256_loadu_si256((const __m256i *)pairs_at);
                __m256i first = _mm256_and_si256(pairs, low);
                __m256i second = _mm256_and_si256(_mm256_srli_epi16(pairs, 4), low);
                char *steps_out = out + (group * 8 + line) * CK_STEP_BYTES;
                _mm256_storeu_si256((__m256i *)steps_out, widened_half(first, scale, minimum));
                _mm256_storeu_si256((__m256i *)(steps_out + 4 * CK_STEP_BYTES),
                                    widened_half(second, scale, minimum));
            }
        }
        __m256 channel = _mm256_loadu_ps(ck_panel_scales(CK_INT4, panel, steps) + half * 8);
        channel = _mm256_mul_ps(channel, _mm256_div_ps(limit, _mm256_set1_ps(126.0f)));
        _mm256_storeu_ps((float *)((char *)wide + steps * CK_STEP_BYTES) + half * 8, channel);
    }
}

ALWAYS_INLINE void vnni_matmul(ck_element element, const ck_matmul *m, size_t first, size_t end) {
    if (ck_widens(element, m)) {
        ck_widened_matmul(m, first, end, widen_panel, int8_matmul);
    } else {
        whole_matmul(element, m, first, end);
    }
}

ALWAYS_INLINE uint64_t vnni_peak(ck_element element, uint64_t rounds, float *sink) {
    (void)element;
    __m256i sums[PEAK_CHAINS];
    __m256i x = _mm256_loadu_si256((const __m256i *)sink), w = x;
    for (size_t i = 0; i < PEAK_CHAINS; i++) {
        sums[i] = _mm256_setzero_si256();
    }
    for (uint64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PEAK_CHAINS; i++) {
            sums[i] = _mm256_dpbusd_avx_epi32(sums[i], w, x);
        }
    }
    for (size_t i = 1; i < PEAK_CHAINS; i++) {
        sums[0] = _mm256_add_epi32(sums[0], sums[i]);
    }
    _mm256_storeu_ps(sink, _mm256_cvtepi32_ps(sums[0]));
    return rounds * PEAK_CHAINS * 8 * 2 * 4;
}

#include "avx2_attention.h"
#include "attention_block.h"
#include "attention_body.h"

CK_TABLE(ck_avx_vnni_int8, int8, CK_ISA_AVX_VNNI, CK_INT8, integer, vnni_matmul, vnni_peak)
CK_TABLE(ck_avx_vnni_int4, int4, CK_ISA_AVX_VNNI, CK_INT4, integer, vnni_matmul, vnni_peak)

#pragma clang attribute pop

#endif
