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

ALWAYS_INLINE void integer_tile(ck_element element, const ck_matmul *m, size_t row, int rows,
                                size_t panel, int panels) {
    __m256 sums[TILE_ROWS_F32][TILE_PANELS * HALVES];
    const char *a = (const char *)m->a + row * m->a_row_bytes;
    const size_t a_row_bytes = m->a_row_bytes;
    const __m256i low = _mm256_set1_epi8(15);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const char *x = a + (size_t)i * a_row_bytes;
        const int32_t *group_sums = ck_group_sums(x, m->steps * 4);
        __m256 row_scale = _mm256_set1_ps(ck_header(x, m->steps * 4)->scale);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * HALVES; j++) {
            const char *b = (const char *)m->b + (panel + (size_t)(j / HALVES)) * m->b_panel_bytes;
            size_t half = (size_t)(j % HALVES);
            const char *line = b + half * 32;
            __m256 sum = _mm256_setzero_ps();
            if (element == CK_INT8) {
                // Without the 128 the weights are signed; their signs move to the activations.
                __m256i whole = _mm256_setzero_si256();
                for (size_t step = 0; step < m->steps; step++) {
                    __m256i w = _mm256_loadu_si256((const __m256i *)line);
                    w = _mm256_xor_si256(w, _mm256_set1_epi8(-128));
                    __m256i signed_x = _mm256_sign_epi8(broadcast_four(x + step * 4), w);
                    whole = add_products(whole, _mm256_abs_epi8(w), signed_x);
                    line += m->b_step_bytes;
                }
                sum = _mm256_cvtepi32_ps(whole);
            } else {
                for (size_t group = 0; group < m->steps / 8; group++) {
                    const char *numbers = x + group * CK_GROUP;
                    __m256i whole = _mm256_setzero_si256();
                    for (size_t l = 0; l < 4; l++) {
                        __m256i pairs =
                            _mm256_loadu_si256((const __m256i *)(line + l * CK_STEP_BYTES));
                        __m256i high = _mm256_and_si256(_mm256_srli_epi16(pairs, 4), low);
                        whole = add_products(whole, _mm256_and_si256(pairs, low),
                                             broadcast_four(numbers + l * 4));
                        whole = add_products(whole, high, broadcast_four(numbers + l * 4 + 16));
                    }
                    const char *block = b + group * CK_GROUP_BYTES + half * 16;
                    __m256 scale = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(block + 256)));
                    __m256 minimum =
                        _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(block + 288)));
                    sum = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole), scale, sum);
                    sum = _mm256_fmadd_ps(_mm256_set1_ps((float)group_sums[group]), minimum, sum);
                    line += CK_GROUP_BYTES;
                }
            }
            __m256 scale = row_scale;
            if (!m->bare) {
                const float *scales = ck_panel_scales(element, b, m->steps) + half * 8;
                scale = _mm256_mul_ps(row_scale, _mm256_loadu_ps(scales));
            }
            sums[i][j] = _mm256_mul_ps(sum, scale);
        }
    }
    store_tile(CK_F32, m, row, rows, panel, panels, sums);
}

ALWAYS_INLINE void whole_matmul(ck_element element, const ck_matmul *m, size_t first, size_t end) {
    for (size_t panel = first; panel < end; panel += TILE_PANELS) {
        for (size_t row = 0; row < m->rows; row++) {
            end - panel >= TILE_PANELS ? integer_tile(element, m, row, 1, panel, 2)
                                       : integer_tile(element, m, row, 1, panel, 1);
        }
    }
}

static void int8_matmul(const ck_matmul *m, size_t first, size_t end) {
    whole_matmul(CK_INT8, m, first, end);
}

ALWAYS_INLINE void integer_matmul(ck_element element, const ck_matmul *m, size_t first,
                                  size_t end) {
    if (ck_widens(element, m)) {
        ck_widened_matmul(m, first, end, ck_widen_panel, int8_matmul);
    } else {
        whole_matmul(element, m, first, end);
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
    const __m256 sign = _mm256_set1_ps(-0.0f);
    float block[CK_BLOCK];
    __m256 largest = _mm256_setzero_ps();
    for (size_t first = 0; first < padded; first += CK_BLOCK) {
        block_of(element, x, weight, scale, count, first, block);
        for (size_t i = 0; i < CK_BLOCK; i += 8) {
            largest = _mm256_max_ps(largest, _mm256_andnot_ps(sign, _mm256_loadu_ps(block + i)));
        }
    }
    float magnitude = maximum_of(largest);
    const __m256 inverse = _mm256_set1_ps(magnitude > 0 ? 127.0f / magnitude : 0.0f);
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
    ck_finish_row(numbers, padded, magnitude / 127.0f);
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
    (void)element;
    __m256i sums[PEAK_CHAINS];
    __m256i x = _mm256_loadu_si256((const __m256i *)sink), w = _mm256_abs_epi8(x);
    for (size_t i = 0; i < PEAK_CHAINS; i++) {
        sums[i] = _mm256_setzero_si256();
    }
    for (uint64_t round = 0; round < rounds; round++) {
        // Opaque, or the products would be the same in every round and be made once.
        __asm__ volatile("" : "+x"(x));
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PEAK_CHAINS; i++) {
            sums[i] = add_products(sums[i], w, _mm256_xor_si256(x, sums[i]));
        }
    }
    for (size_t i = 1; i < PEAK_CHAINS; i++) {
        sums[0] = _mm256_add_epi32(sums[0], sums[i]);
    }
    _mm256_storeu_ps(sink, _mm256_cvtepi32_ps(sums[0]));
    return rounds * PEAK_CHAINS * 8 * 2 * 4;
}
