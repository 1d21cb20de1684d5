// Products of whole numbers with VPDPBUSD. Included after avx512_body.h, inside the
// target-attribute region of avx512_vnni.c.

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// int4 keeps whole and f32 sums side by side, so its tiles are half as large; from 7 rows on it
// pays to unpack one panel for all of them.
#define TILE_ROWS_INT8 6
#define TILE_PANELS_INT8 4
#define TILE_ROWS_INT4 12
#define TILE_PANELS_INT4(ROWS) ((ROWS) <= 3 ? 4 : (ROWS) <= 6 ? 2 : 1)

ALWAYS_INLINE __m512i broadcast_four(const char *a) {
    int32_t four;
    memcpy(&four, a, sizeof four);
    return _mm512_set1_epi32(four);
}

// The scales of row and channels, once the sums are complete.
ALWAYS_INLINE void scale_tile(ck_element element, const ck_matmul *m, size_t row, int rows,
                              size_t panel, int panels, __m512 (*sums)[TILE_PANELS]) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const char *a = (const char *)m->a + (row + (size_t)i) * m->a_row_bytes;
        __m512 row_scale = _mm512_set1_ps(ck_header(a, m->steps * 4)->scale);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            __m512 scale = row_scale;
            if (!m->bare) {
                const char *b = (const char *)m->b + (panel + (size_t)j) * m->b_panel_bytes;
                const float *scales = ck_panel_scales(element, b, m->steps);
                scale = _mm512_mul_ps(row_scale, _mm512_loadu_ps(scales));
            }
            sums[i][j] = _mm512_mul_ps(sums[i][j], scale);
        }
    }
}

// One tile of a span. While it multiplies, it asks memory for a panel of the next span, or for
// nothing if `next` is NULL: as many tiles as one has panels ask for all of it. The first of few
// rows asks for what it reads itself.
ALWAYS_INLINE void tile_int8(const ck_matmul *m, const ck_span *span, const char *next, size_t row,
                             int rows, size_t panel, int panels) {
    __m512i whole[TILE_ROWS_INT8][TILE_PANELS];
    const size_t a_row_bytes = span->a_row_bytes, b_panel_bytes = span->b_panel_bytes;
    const size_t b_step_bytes = span->b_step_bytes;
    const char *a = span->a + row * a_row_bytes;
    const char *b = span->b + panel * b_panel_bytes;
    const bool is_first = span->is_new && row == 0 && m->rows <= CK_FEW_ROWS;
    const size_t next_bytes = next ? b_step_bytes : 0;
    next = next ? next : b;
    int32_t *carry = (int32_t *)ck_carry(span, row, panel);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        // The weights carry 128 too much: begin with what that will add, taken away.
        const char *x = (const char *)m->a + (span->first_row + row + (size_t)i) * m->a_row_bytes;
        const __m512i excess = _mm512_set1_epi32(-128 * ck_header(x, m->steps * 4)->sum);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            const int32_t *before = carry + (i * CK_GROUP_PANELS + j) * CK_PANEL;
            whole[i][j] = span->begins ? excess : _mm512_load_si512(before);
        }
    }
    for (size_t step = span->steps; step > 0; step--) {
        __m512i w[TILE_PANELS];
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            w[j] = _mm512_loadu_si512(b + (size_t)j * b_panel_bytes);
        }
        if (is_first) {
            ck_ask(m, b, panels);
        } else {
            __builtin_prefetch(next, 0, 2);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            __m512i x = broadcast_four(a + (size_t)i * a_row_bytes);
#pragma clang loop unroll(full)
            for (int j = 0; j < panels; j++) {
                whole[i][j] = _mm512_dpbusd_epi32(whole[i][j], w[j], x);
            }
        }
        a += 4;
        b += b_step_bytes;
        next += next_bytes;
    }
    __m512 sums[TILE_ROWS_INT8][TILE_PANELS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            if (!span->ends) {
                int32_t *after = carry + (i * CK_GROUP_PANELS + j) * CK_PANEL;
                _mm512_store_si512(after, whole[i][j]);
            }
            sums[i][j] = _mm512_cvtepi32_ps(whole[i][j]);
        }
    }
    if (span->ends) {
        row += span->first_row;
        panel += span->first_panel;
        scale_tile(CK_INT8, m, row, rows, panel, panels, sums);
        store_tile(CK_F32, m, row, rows, panel, panels, sums);
    }
}

ALWAYS_INLINE void tile_int4(const ck_matmul *m, size_t row, int rows, size_t panel, int panels) {
    __m512 sums[TILE_ROWS_INT4][TILE_PANELS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            sums[i][j] = _mm512_setzero_ps();
        }
    }
    const char *a = (const char *)m->a + row * m->a_row_bytes;
    const char *b = (const char *)m->b + panel * m->b_panel_bytes;
    const size_t a_row_bytes = m->a_row_bytes, b_panel_bytes = m->b_panel_bytes;
    const __m512i low = _mm512_set1_epi8(15);
    for (size_t group = 0; group < m->steps / 8; group++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            ck_ask_group(m, b + (size_t)j * b_panel_bytes);
        }
        __m512i whole[TILE_ROWS_INT4][TILE_PANELS];
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
            for (int j = 0; j < panels; j++) {
                whole[i][j] = _mm512_setzero_si512();
            }
        }
        for (size_t line = 0; line < 4; line++) {
            __m512i first[TILE_PANELS], second[TILE_PANELS];
#pragma clang loop unroll(full)
            for (int j = 0; j < panels; j++) {
                __m512i pairs =
                    _mm512_loadu_si512(b + (size_t)j * b_panel_bytes + line * CK_STEP_BYTES);
                first[j] = _mm512_and_si512(pairs, low);
                second[j] = _mm512_and_si512(_mm512_srli_epi16(pairs, 4), low);
            }
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                const char *x = a + (size_t)i * a_row_bytes + line * 4;
#pragma clang loop unroll(full)
                for (int j = 0; j < panels; j++) {
                    whole[i][j] = _mm512_dpbusd_epi32(whole[i][j], first[j], broadcast_four(x));
                    whole[i][j] =
                        _mm512_dpbusd_epi32(whole[i][j], second[j], broadcast_four(x + 16));
                }
            }
        }
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            const char *block = b + (size_t)j * b_panel_bytes;
            __m512 scale = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(block + 256)));
            __m512 minimum = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(block + 288)));
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                const char *x = (const char *)m->a + (row + (size_t)i) * a_row_bytes;
                __m512 group_sum = _mm512_set1_ps((float)ck_group_sums(x, m->steps * 4)[group]);
                sums[i][j] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(whole[i][j]), scale, sums[i][j]);
                sums[i][j] = _mm512_fmadd_ps(group_sum, minimum, sums[i][j]);
            }
        }
        a += CK_GROUP;
        b += CK_GROUP_BYTES;
    }
    scale_tile(CK_INT4, m, row, rows, panel, panels, sums);
    store_tile(CK_F32, m, row, rows, panel, panels, sums);
}

// Calls a tile with constants, so that its loops unroll into registers.
#define ROW_CASES(CASE, ROWS) CASE(ROWS, 1) CASE(ROWS, 2) CASE(ROWS, 3) CASE(ROWS, 4)

ALWAYS_INLINE void int8_tile(const ck_matmul *m, const ck_span *span, const char *next, size_t row,
                             size_t rows, size_t panel, size_t panels) {
#define INT8_CASE(ROWS, PANELS)                                                                    \
    case (ROWS)*8 + (PANELS):                                                                      \
        tile_int8(m, span, next, row, ROWS, panel, PANELS);                                        \
        break;
    switch (rows * 8 + panels) {
        ROW_CASES(INT8_CASE, 1)
        ROW_CASES(INT8_CASE, 2)
        ROW_CASES(INT8_CASE, 3)
        ROW_CASES(INT8_CASE, 4)
        ROW_CASES(INT8_CASE, 5)
        ROW_CASES(INT8_CASE, 6)
    default:
        break;
    }
#undef INT8_CASE
}

ALWAYS_INLINE void int4_tile(const ck_matmul *m, size_t row, size_t rows, size_t panel,
                             size_t panels) {
#define INT4_CASE(ROWS, PANELS)                                                                    \
    case (ROWS)*8 + (PANELS):                                                                      \
        if ((PANELS) <= TILE_PANELS_INT4(ROWS)) {                                                  \
            tile_int4(m, row, ROWS, panel, PANELS);                                                \
        }                                                                                          \
        break;
    switch (rows * 8 + panels) {
        ROW_CASES(INT4_CASE, 1)
        ROW_CASES(INT4_CASE, 2)
        ROW_CASES(INT4_CASE, 3)
        ROW_CASES(INT4_CASE, 4)
        ROW_CASES(INT4_CASE, 5)
        ROW_CASES(INT4_CASE, 6)
        INT4_CASE(7, 1)
        INT4_CASE(8, 1)
        INT4_CASE(9, 1)
        INT4_CASE(10, 1)
        INT4_CASE(11, 1)
        INT4_CASE(12, 1)
    default:
        break;
    }
#undef INT4_CASE
}
#undef ROW_CASES

// Asks for the lines of f32 that a tile will write.
static void prefetch_results(const ck_matmul *m, size_t row, size_t rows, size_t panel,
                             size_t panels) {
    size_t columns = m->output == CK_SWIGLU ? CK_PANEL / 2 : CK_PANEL;
    for (size_t i = 0; i < rows; i++) {
        const char *c = (const char *)m->c + (row + i) * m->c_row_bytes;
        for (size_t j = 0; j < panels; j++) {
            __builtin_prefetch((const float *)c + (panel + j) * columns, 1, 3);
        }
    }
}

static void int8_span(const ck_matmul *m, ck_span span) {
    // Stores that wait for memory would hold up the products of the next tile.
    const bool prefetches = span.ends && m->rows * m->c_row_bytes > CK_CACHE_BYTES;
    // A single tile of rows waits for memory anyway.
    const bool asks = span.next && span.is_new && m->rows > TILE_ROWS_INT8;
    const size_t tiles = (span.rows + TILE_ROWS_INT8 - 1) / TILE_ROWS_INT8;
    for (size_t panel = 0; panel < span.panels; panel += TILE_PANELS) {
        const size_t panels = ck_least(TILE_PANELS, span.panels - panel);
        size_t row = 0;
        for (size_t tile = 0; tile < tiles; tile++) {
            const size_t rows = ck_even_rows(span.rows - row, tiles - tile);
            if (prefetches) {
                prefetch_results(m, span.first_row + row, rows, span.first_panel + panel, panels);
            }
            const char *next =
                asks && tile < TILE_PANELS ? span.next + (panel + tile) * span.b_panel_bytes : NULL;
            int8_tile(m, &span, next, row, rows, panel, panels);
            row += rows;
        }
    }
}

static void int8_matmul(const ck_matmul *m, size_t first, size_t end) {
    ck_walk(m, first, end, CK_SPAN_STEPS, CK_NEAR_ROWS, int8_span);
}

static void int4_matmul(const ck_matmul *m, size_t first, size_t end) {
    // Tiles of even height: 8 and 8 rows share the unpacking better than 12 and 4. Gate and up are
    // two panels of one tile.
    const size_t most_rows = m->output == CK_SWIGLU ? 6 : TILE_ROWS_INT4;
    const size_t tiles = m->rows > most_rows ? (m->rows + most_rows - 1) / most_rows : 1;
    const size_t tile_rows = (m->rows + tiles - 1) / tiles;
    const size_t tile_panels = TILE_PANELS_INT4(tile_rows);
    for (size_t panel = first; panel < end; panel += tile_panels) {
        for (size_t row = 0; row < m->rows; row += tile_rows) {
            int4_tile(m, row, ck_least(tile_rows, m->rows - row), panel,
                      ck_least(tile_panels, end - panel));
        }
    }
}

ALWAYS_INLINE void whole_matmul(ck_element element, const ck_matmul *m, size_t first, size_t end) {
    element == CK_INT8 ? int8_matmul(m, first, end) : int4_matmul(m, first, end);
}

// 32 numbers in fixed point, of which every other byte is kept: n · scale + minimum.
ALWAYS_INLINE __m512i fixed_point(__m512i n, __m512i scale, __m512i minimum) {
    return _mm512_add_epi16(_mm512_mullo_epi16(n, scale), minimum);
}

// One line of 64 nibbles; `nibbles` holds them in the low halves of its bytes.
ALWAYS_INLINE __m512i widened_line(__m512i nibbles, __m512i scale, __m512i minimum) {
    __m512i even = fixed_point(_mm512_and_si512(nibbles, _mm512_set1_epi16(15)), scale, minimum);
    __m512i odd = fixed_point(_mm512_srli_epi16(nibbles, 8), scale, minimum);
    const __mmask64 odd_bytes = 0xaaaaaaaaaaaaaaaa;
    return _mm512_mask_mov_epi8(_mm512_srli_epi16(even, 8), odd_bytes, odd);
}

// As ck_widen_panel.
static void widen_panel(const void *panel, size_t steps, void *wide) {
    const char *b = (const char *)panel;
    char *out = (char *)wide;
    __m512 limit = _mm512_setzero_ps();
    for (size_t group = 0; group < steps / 8; group++) {
        const char *block = b + group * CK_GROUP_BYTES;
        __m512 scale = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(block + 256)));
        __m512 minimum = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(block + 288)));
        // In two roundings, as the scalar definition has it.
        __m512 top = _mm512_mul_ps(_mm512_set1_ps(15.0f), scale);
        __asm__("" : "+v"(top));
        top = _mm512_add_ps(top, minimum);
        limit = _mm512_max_ps(limit, _mm512_max_ps(_mm512_abs_ps(minimum), _mm512_abs_ps(top)));
    }
    __mmask16 used = _mm512_cmp_ps_mask(limit, _mm512_setzero_ps(), _CMP_GT_OQ);
    __m512 inverse = _mm512_maskz_div_ps(used, _mm512_set1_ps(126.0f * 256.0f), limit);
    for (size_t group = 0; group < steps / 8; group++) {
        const char *block = b + group * CK_GROUP_BYTES;
        __m512 s = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(block + 256)));
        __m512 m = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(block + 288)));
        __m512i scale = _mm512_cvtps_epi32(_mm512_mul_ps(s, inverse));
        __m512i minimum = _mm512_cvtps_epi32(_mm512_mul_ps(m, inverse));
        minimum = _mm512_add_epi32(minimum, _mm512_set1_epi32(128 * 256 + 128));
        // The same 16 bits in both halves of a channel.
        const __mmask32 upper = 0xaaaaaaaa;
        scale = _mm512_mask_mov_epi16(scale, upper, _mm512_slli_epi32(scale, 16));
        minimum = _mm512_mask_mov_epi16(minimum, upper, _mm512_slli_epi32(minimum, 16));
        const __m512i low = _mm512_set1_epi8(15);
        for (size_t line = 0; line < 4; line++) {
            __m512i pairs = _mm512_loadu_si512(block + line * CK_STEP_BYTES);
            __m512i first = _mm512_and_si512(pairs, low);
            __m512i second = _mm512_and_si512(_mm512_srli_epi16(pairs, 4), low);
            char *steps_out = out + (group * 8 + line) * CK_STEP_BYTES;
            _mm512_storeu_si512(steps_out, widened_line(first, scale, minimum));
            _mm512_storeu_si512(steps_out + 4 * CK_STEP_BYTES,
                                widened_line(second, scale, minimum));
        }
    }
    __m512 channel = _mm512_loadu_ps(ck_panel_scales(CK_INT4, panel, steps));
    channel = _mm512_mul_ps(channel, _mm512_div_ps(limit, _mm512_set1_ps(126.0f)));
    _mm512_storeu_ps(out + steps * CK_STEP_BYTES, channel);
}

ALWAYS_INLINE void integer_matmul(ck_element element, const ck_matmul *m, size_t first,
                                  size_t end) {
    if (ck_widens(element, m)) {
        ck_widened_matmul(m, first, end, widen_panel, int8_matmul);
    } else {
        whole_matmul(element, m, first, end);
    }
}

// A block in four registers.
typedef struct block_vectors {
    __m512 v[4];
} block_vectors;

// One stage of the transform between lanes whose numbers differ in one bit: `swapped` holds the
// partner of each lane, `negative` the lanes that are subtracted from theirs. A product with 1 or
// -1 rounds nothing, so this is the sum or the difference to the bit.
ALWAYS_INLINE __m512 butterfly(__m512 v, __m512 swapped, __mmask16 negative) {
    __m512 sign = _mm512_mask_blend_ps(negative, _mm512_set1_ps(1.0f), _mm512_set1_ps(-1.0f));
    return _mm512_fmadd_ps(v, sign, swapped);
}

// As ck_mix.
ALWAYS_INLINE block_vectors mixed(block_vectors block) {
    for (size_t j = 0; j < 4; j++) {
        __m512 v = block.v[j];
        v = butterfly(v, _mm512_permute_ps(v, 0xb1), 0xaaaa);
        v = butterfly(v, _mm512_permute_ps(v, 0x4e), 0xcccc);
        v = butterfly(v, _mm512_shuffle_f32x4(v, v, 0xb1), 0xf0f0);
        block.v[j] = butterfly(v, _mm512_shuffle_f32x4(v, v, 0x4e), 0xff00);
    }
    __m512 a = _mm512_add_ps(block.v[0], block.v[1]), b = _mm512_sub_ps(block.v[0], block.v[1]);
    __m512 c = _mm512_add_ps(block.v[2], block.v[3]), d = _mm512_sub_ps(block.v[2], block.v[3]);
    const __m512 eighth = _mm512_set1_ps(0.125f);
    block.v[0] = _mm512_mul_ps(_mm512_add_ps(a, c), eighth);
    block.v[1] = _mm512_mul_ps(_mm512_add_ps(b, d), eighth);
    block.v[2] = _mm512_mul_ps(_mm512_sub_ps(a, c), eighth);
    block.v[3] = _mm512_mul_ps(_mm512_sub_ps(b, d), eighth);
    return block;
}

// One block of x · weight · scale, mixed for int8, with zeros behind the end.
ALWAYS_INLINE block_vectors block_of(ck_element element, const float *x, const float *weight,
                                     float scale, size_t count, size_t first) {
    block_vectors block;
    for (size_t j = 0; j < 4; j++) {
        size_t k = first + j * 16;
        __mmask16 mask = k < count ? first_lanes(count - k) : 0;
        __m512 v = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, x + k), _mm512_set1_ps(scale));
        if (weight) {
            v = _mm512_mul_ps(v, _mm512_maskz_loadu_ps(mask, weight + k));
        }
        block.v[j] = v;
    }
    return element == CK_INT8 ? mixed(block) : block;
}

// Blocks that are mixed once and kept, 16 KiB of them: the scale must be known before the first is
// written, and mixing costs more than reading.
enum { KEPT_BLOCKS = 64 };

// Encodes x[i] · weight[i] · scale; without a weight, x[i] · scale.
ALWAYS_INLINE void encode(ck_element element, const float *x, const float *weight, float scale,
                          size_t count, void *out) {
    size_t padded = ck_whole_depth(count);
    int8_t *numbers = (int8_t *)out;
    __m512i largest = _mm512_setzero_si512();
    block_vectors kept[KEPT_BLOCKS];
    size_t kept_end = element == CK_INT8 ? KEPT_BLOCKS * CK_BLOCK : 0;
    for (size_t first = 0; first < padded; first += CK_BLOCK) {
        block_vectors block = block_of(element, x, weight, scale, count, first);
        if (first < kept_end) {
            kept[first / CK_BLOCK] = block;
        }
        for (size_t j = 0; j < 4; j++) {
            __m512i magnitudes = _mm512_castps_si512(_mm512_abs_ps(block.v[j]));
            largest = _mm512_max_epu32(largest, magnitudes);
        }
    }
    const uint32_t magnitude = _mm512_reduce_max_epu32(largest);
    if (!ck_is_number(magnitude)) {
        ck_spoil_row(numbers, padded, padded / CK_GROUP);
        return;
    }
    __m512 inverse = _mm512_set1_ps(ck_inverse(ck_float(magnitude), 127.0f));
    ck_row_header *header = (ck_row_header *)(numbers + padded);
    int32_t *group_sums = (int32_t *)(header + 1);
    header->scale = ck_float(magnitude) / 127.0f;
    header->sum = 0;
    for (size_t first = 0; first < padded; first += CK_BLOCK) {
        block_vectors block = first < kept_end ? kept[first / CK_BLOCK]
                                               : block_of(element, x, weight, scale, count, first);
        __m512i q[4];
        for (size_t j = 0; j < 4; j++) {
            q[j] = _mm512_cvtps_epi32(_mm512_mul_ps(block.v[j], inverse));
            _mm_storeu_si128((__m128i *)(numbers + first + j * 16), _mm512_cvtsepi32_epi8(q[j]));
        }
        for (size_t half = 0; half < 2; half++) {
            int32_t sum = _mm512_reduce_add_epi32(_mm512_add_epi32(q[2 * half], q[2 * half + 1]));
            group_sums[first / CK_GROUP + half] = sum;
            header->sum += sum;
        }
    }
}

ALWAYS_INLINE float mean_square(const float *x, size_t count) {
    __m512 squares = _mm512_setzero_ps();
    for (size_t i = 0; i < count; i += 16) {
        __m512 v = _mm512_maskz_loadu_ps(first_lanes(count - i), x + i);
        squares = _mm512_fmadd_ps(v, v, squares);
    }
    return _mm512_reduce_add_ps(squares) / (float)count;
}

#include "integer_rows.h"

ALWAYS_INLINE uint64_t integer_peak(ck_element element, uint64_t rounds, float *sink) {
    (void)element;
    __m512i sums[PEAK_CHAINS];
    __m512i x = _mm512_loadu_si512(sink), w = _mm512_loadu_si512(sink);
    for (size_t i = 0; i < PEAK_CHAINS; i++) {
        sums[i] = _mm512_setzero_si512();
    }
    for (uint64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PEAK_CHAINS; i++) {
            sums[i] = _mm512_dpbusd_epi32(sums[i], w, x);
        }
    }
    for (size_t i = 1; i < PEAK_CHAINS; i++) {
        sums[0] = _mm512_add_epi32(sums[0], sums[i]);
    }
    _mm512_storeu_ps(sink, _mm512_cvtepi32_ps(sums[0]));
    return rounds * PEAK_CHAINS * 16 * 2 * 4;
}

#undef ALWAYS_INLINE
