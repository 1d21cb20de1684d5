// Encoded rows with AVX2: how they are made, and what their scales do to whole sums. Included
// behind avx2_body.h.

ALWAYS_INLINE __m256i broadcast_four(const char *a) {
    int32_t four;
    memcpy(&four, a, sizeof four);
    return _mm256_set1_epi32(four);
}

// The scales of rows and channels, once the sums of a tile are complete.
ALWAYS_INLINE void scale_tile(ck_element element, const ck_matmul *m, size_t row, int rows,
                              size_t panel, int panels, __m256 (*sums)[TILE_PANELS * HALVES]) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const char *a = (const char *)m->a + (row + (size_t)i) * m->a_row_bytes;
        __m256 row_scale = _mm256_set1_ps(ck_header(a, m->steps * 4)->scale);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * HALVES; j++) {
            __m256 scale = row_scale;
            if (!m->bare) {
                size_t of = panel + (size_t)(j / HALVES);
                const char *b = (const char *)m->b + of * m->b_panel_bytes;
                const float *scales = ck_panel_scales(element, b, m->steps) + j % HALVES * 8;
                scale = _mm256_mul_ps(row_scale, _mm256_loadu_ps(scales));
            }
            sums[i][j] = _mm256_mul_ps(sums[i][j], scale);
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
