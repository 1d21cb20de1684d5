// Products of whole numbers with AVX2. Included by avx2.c inside its target-attribute region.

// unsigned · signed bytes, four products added into each 32-bit sum. VPMADDUBSW adds two products
// in 16 bits; with one factor at most 127 and the other within ±127 they cannot overflow.
ALWAYS_INLINE __m256i add_products(__m256i sum, __m256i unsigned_bytes, __m256i signed_bytes) {
    __m256i pairs = _mm256_maddubs_epi16(unsigned_bytes, signed_bytes);
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

ALWAYS_INLINE __m256i broadcast_four(const char *a) {
    int32_t four;
    memcpy(&four, a, sizeof four);
    return _mm256_set1_epi32(four);
}

// One panel is met by this many rows at a time, so that its weights are prepared once for all of
// them and every sum stays in a register; int4 keeps whole and f32 sums side by side.
#define TILE_ROWS_INT8 4
#define TILE_ROWS_INT4 2

// The whole sums of up to 4 rows and one panel.
ALWAYS_INLINE void panel_int8(const ck_matmul *m, const char *a, int rows, const char *b,
                              __m256 (*sums)[HALVES]) {
    __m256i whole[TILE_ROWS_INT8][HALVES];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        whole[i][0] = whole[i][1] = _mm256_setzero_si256();
    }
    const size_t a_row_bytes = m->a_row_bytes, b_step_bytes = m->b_step_bytes;
    for (size_t step = m->steps; step > 0; step--) {
        __m256i w[HALVES], magnitude[HALVES];
#pragma clang loop unroll(full)
        for (int half = 0; half < HALVES; half++) {
            // Without the 128 the weights are signed; their signs move to the activations.
            w[half] = _mm256_loadu_si256((const __m256i *)(b + half * 32));
            w[half] = _mm256_xor_si256(w[half], _mm256_set1_epi8(-128));
            magnitude[half] = _mm256_abs_epi8(w[half]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            __m256i x = broadcast_four(a + (size_t)i * a_row_bytes);
#pragma clang loop unroll(full)
            for (int half = 0; half < HALVES; half++) {
                __m256i signed_x = _mm256_sign_epi8(x, w[half]);
                whole[i][half] = add_products(whole[i][half], magnitude[half], signed_x);
            }
        }
        a += 4;
        b += b_step_bytes;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int half = 0; half < HALVES; half++) {
            sums[i][half] = _mm256_cvtepi32_ps(whole[i][half]);
        }
    }
}

// The sums of up to 2 rows and one panel, scaled by group.
ALWAYS_INLINE void panel_int4(const ck_matmul *m, const char *a, int rows, const char *b,
                              __m256 (*sums)[HALVES]) {
    const __m256i low = _mm256_set1_epi8(15);
    const size_t a_row_bytes = m->a_row_bytes;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        sums[i][0] = sums[i][1] = _mm256_setzero_ps();
    }
    for (size_t group = 0; group < m->steps / 8; group++) {
        const char *numbers = a + group * CK_GROUP;
        // 16 bits hold the products of a group: 8 pairs of at most 2 · 15 · 127 each.
        __m256i pair_sums[TILE_ROWS_INT4][HALVES];
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            pair_sums[i][0] = pair_sums[i][1] = _mm256_setzero_si256();
        }
        for (size_t line = 0; line < 4; line++) {
#pragma clang loop unroll(full)
            for (int half = 0; half < HALVES; half++) {
                const char *pairs_at = b + line * CK_STEP_BYTES + (size_t)half * 32;
                __m256i pairs = _mm256_loadu_si256((const __m256i *)pairs_at);
                __m256i first = _mm256_and_si256(pairs, low);
                __m256i second = _mm256_and_si256(_mm256_srli_epi16(pairs, 4), low);
#pragma clang loop unroll(full)
                for (int i = 0; i < rows; i++) {
                    const char *x = numbers + (size_t)i * a_row_bytes + line * 4;
                    __m256i sum = pair_sums[i][half];
                    sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(first, broadcast_four(x)));
                    sum =
                        _mm256_add_epi16(sum, _mm256_maddubs_epi16(second, broadcast_four(x + 16)));
                    pair_sums[i][half] = sum;
                }
            }
        }
#pragma clang loop unroll(full)
        for (int half = 0; half < HALVES; half++) {
            const __m128i *halves = (const __m128i *)(b + 256) + half;
            __m256 scale = _mm256_cvtph_ps(_mm_loadu_si128(halves));
            __m256 minimum = _mm256_cvtph_ps(_mm_loadu_si128(halves + 2));
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                const int32_t *group_sums =
                    ck_group_sums(a + (size_t)i * a_row_bytes, m->steps * 4);
                __m256 sum = _mm256_set1_ps((float)group_sums[group]);
                __m256i whole = _mm256_madd_epi16(pair_sums[i][half], _mm256_set1_epi16(1));
                sums[i][half] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole), scale, sums[i][half]);
                sums[i][half] = _mm256_fmadd_ps(sum, minimum, sums[i][half]);
            }
        }
        b += CK_GROUP_BYTES;
    }
}

ALWAYS_INLINE void integer_tile(ck_element element, const ck_matmul *m, size_t row, int rows,
                                size_t panel, int panels) {
    __m256 sums[TILE_ROWS_INT8][TILE_PANELS * HALVES];
    const char *a = (const char *)m->a + row * m->a_row_bytes;
    for (int j = 0; j < panels; j++) {
        const char *b = (const char *)m->b + (panel + (size_t)j) * m->b_panel_bytes;
        __m256 panel_sums[TILE_ROWS_INT8][HALVES];
        if (element == CK_INT8) {
            panel_int8(m, a, rows, b, panel_sums);
        } else {
            panel_int4(m, a, rows, b, panel_sums);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const char *x = a + (size_t)i * m->a_row_bytes;
            __m256 row_scale = _mm256_set1_ps(ck_header(x, m->steps * 4)->scale);
#pragma clang loop unroll(full)
            for (int half = 0; half < HALVES; half++) {
                __m256 scale = row_scale;
                if (!m->bare) {
                    const float *scales = ck_panel_scales(element, b, m->steps) + half * 8;
                    scale = _mm256_mul_ps(row_scale, _mm256_loadu_ps(scales));
                }
                sums[i][j * HALVES + half] = _mm256_mul_ps(panel_sums[i][half], scale);
            }
        }
    }
    store_tile(CK_F32, m, row, rows, panel, panels, sums);
}

// Calls the tile with a constant number of rows, so that its loops unroll into registers.
ALWAYS_INLINE void integer_tile_of(ck_element element, const ck_matmul *m, size_t row, size_t rows,
                                   size_t panel, int panels) {
    if (rows == 1) {
        integer_tile(element, m, row, 1, panel, panels);
    } else if (rows == 2) {
        integer_tile(element, m, row, 2, panel, panels);
    } else if (element == CK_INT8 && rows == 3) {
        integer_tile(element, m, row, 3, panel, panels);
    } else if (element == CK_INT8) {
        integer_tile(element, m, row, 4, panel, panels);
    }
}

ALWAYS_INLINE void integer_matmul(ck_element element, const ck_matmul *m, size_t first,
                                  size_t end) {
    const size_t tile_rows = element == CK_INT8 ? TILE_ROWS_INT8 : TILE_ROWS_INT4;
    const size_t block_rows = ck_block_rows(m, tile_rows);
    for (size_t block = 0; block < m->rows; block += block_rows) {
        size_t block_end = smaller(m->rows, block + block_rows);
        for (size_t panel = first; panel < end; panel += TILE_PANELS) {
            for (size_t row = block; row < block_end; row += tile_rows) {
                size_t rows = smaller(tile_rows, block_end - row);
                if (end - panel >= TILE_PANELS) {
                    integer_tile_of(element, m, row, rows, panel, 2);
                } else {
                    integer_tile_of(element, m, row, rows, panel, 1);
                }
            }
        }
    }
}

// One block of x · weight · scale, mixed for int8, with zeros behind the end.
ALWAYS_INLINE void block_of(ck_element element, const float *x, const float *weight, float scale,
                            size_t count, size_t first, float *block) {
    for (size_t i = 0; i < CK_BLOCK; i += 8) {
        size_t k = first + i;
        __m256 v = _mm256_setzero_ps();
        if (k < count) {
            v = _mm256_mul_ps(load_first(x + k, count - k, 0), _mm256_set1_ps(scale));
            if (weight) {
                v = _mm256_mul_ps(v, load_first(weight + k, count - k, 0));
            }
        }
        _mm256_storeu_ps(block + i, v);
    }
    if (element == CK_INT8) {
        ck_mix(block);
    }
}

// Encodes x[i] · weight[i] · scale; without a weight, x[i] · scale.
ALWAYS_INLINE void encode(ck_element element, const float *x, const float *weight, float scale,
                          size_t count, void *out) {
    size_t padded = ck_whole_depth(count);
    int8_t *numbers = (int8_t *)out;
    const __m256i magnitude_bits = _mm256_set1_epi32(0x7fffffff);
    float block[CK_BLOCK];
    __m256i largest = _mm256_setzero_si256();
    for (size_t first = 0; first < padded; first += CK_BLOCK) {
        block_of(element, x, weight, scale, count, first, block);
        for (size_t i = 0; i < CK_BLOCK; i += 8) {
            __m256i bits = _mm256_castps_si256(_mm256_loadu_ps(block + i));
            largest = _mm256_max_epu32(largest, _mm256_and_si256(bits, magnitude_bits));
        }
    }
    uint32_t lanes[8], magnitude = 0;
    _mm256_storeu_si256((__m256i *)lanes, largest);
    for (size_t lane = 0; lane < 8; lane++) {
        magnitude = lanes[lane] > magnitude ? lanes[lane] : magnitude;
    }
    if (!ck_is_number(magnitude)) {
        ck_spoil_row(numbers, padded, padded / CK_GROUP);
        return;
    }
    const __m256 inverse = _mm256_set1_ps(ck_inverse(ck_float(magnitude), 127.0f));
    for (size_t first = 0; first < padded; first += CK_BLOCK) {
        block_of(element, x, weight, scale, count, first, block);
        for (size_t i = 0; i < CK_BLOCK; i += 8) {
            int32_t q[8];
            __m256 v = _mm256_mul_ps(_mm256_loadu_ps(block + i), inverse);
            _mm256_storeu_si256((__m256i *)q, _mm256_cvtps_epi32(v));
            for (size_t lane = 0; lane < 8; lane++) {
                numbers[first + i + lane] = (int8_t)q[lane];
            }
        }
    }
    ck_finish_row(numbers, padded, ck_float(magnitude) / 127.0f);
}

ALWAYS_INLINE float mean_square(const float *x, size_t count) {
    __m256 squares = _mm256_setzero_ps();
    for (size_t i = 0; i < count; i += 8) {
        __m256 v = load_first(x + i, count - i, 0);
        squares = _mm256_fmadd_ps(v, v, squares);
    }
    return sum_of(squares) / (float)count;
}

#include "integer_rows.h"

ALWAYS_INLINE uint64_t integer_peak(ck_element element, uint64_t rounds, float *sink) {
    __m256i sums[PEAK_CHAINS];
    __m256i x = _mm256_loadu_si256((const __m256i *)sink), w = _mm256_abs_epi8(x);
    for (size_t i = 0; i < PEAK_CHAINS; i++) {
        sums[i] = _mm256_setzero_si256();
    }
    for (uint64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PEAK_CHAINS; i++) {
            // Opaque, or the products would be the same every time and be made once.
            __asm__ volatile("" : "+x"(x));
            // Nibbles are summed in 16 bits, and widened too seldom to count.
            sums[i] = element == CK_INT8 ? add_products(sums[i], w, x)
                                         : _mm256_add_epi16(sums[i], _mm256_maddubs_epi16(w, x));
        }
    }
    for (size_t i = 1; i < PEAK_CHAINS; i++) {
        sums[0] = _mm256_add_epi32(sums[0], sums[i]);
    }
    _mm256_storeu_ps(sink, _mm256_cvtepi32_ps(sums[0]));
    return rounds * PEAK_CHAINS * 8 * 2 * 4;
}
