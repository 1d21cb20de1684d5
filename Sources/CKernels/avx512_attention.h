// What attention is made of, with AVX-512: see attention_body.h. Included after avx512_body.h,
// inside the target-attribute region.

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// The second operand is the result where it is NaN.
ALWAYS_INLINE __m512 weight_of(__m512 t) {
    return power_of_two(_mm512_max_ps(_mm512_set1_ps(CK_LEAST_POWER), t));
}

ALWAYS_INLINE float one_weight(float t) { return _mm512_cvtss_f32(weight_of(_mm512_set1_ps(t))); }

// The largest number, or the sum, of the vector of each of up to 6 rows, in lanes of one vector.
// All rows go the same way, so that it does not matter which place one has.
ALWAYS_INLINE __m512 of_each_row(bool is_sum, const __m512 *v, int rows) {
#define JOIN(A, B) (is_sum ? _mm512_add_ps(A, B) : _mm512_max_ps(A, B))
    __m512 four[2];
#pragma clang loop unroll(full)
    for (int i = 0; i < (rows > 4 ? 2 : 1); i++) {
        __m512d pairs[2];
#pragma clang loop unroll(full)
        for (int j = 0; j < 2; j++) {
            const int row = i * 4 + j * 2;
            const __m512 a = v[row < rows ? row : 0], b = v[row + 1 < rows ? row + 1 : 0];
            pairs[j] = _mm512_castps_pd(JOIN(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b)));
        }
        four[i] = JOIN(_mm512_castpd_ps(_mm512_unpacklo_pd(pairs[0], pairs[1])),
                       _mm512_castpd_ps(_mm512_unpackhi_pd(pairs[0], pairs[1])));
        four[i] = JOIN(four[i], _mm512_shuffle_f32x4(four[i], four[i], 0x4e));
        four[i] = JOIN(four[i], _mm512_shuffle_f32x4(four[i], four[i], 0xb1));
    }
#undef JOIN
    return rows > 4 ? _mm512_mask_mov_ps(four[0], 0x00f0, four[1]) : four[0];
}

// What is not seen of a block in four vectors.
ALWAYS_INLINE void hide(__m512 *v, uint64_t visible, float hidden) {
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
        v[j] = _mm512_mask_mov_ps(_mm512_set1_ps(hidden), (__mmask16)(visible >> (16 * j)), v[j]);
    }
}

// Turns the scores of up to 6 rows in one block, in units of which `units` of each row make a power
// of two, into weights relative to the row's largest so far, of which the block's is one. `factors`
// becomes what sums and results before it are to be multiplied by.
ALWAYS_INLINE void weigh_rows(__m512 (*v)[4], int rows, const uint64_t *visible, const float *units,
                              float *largest, float *sums, float *factors) {
    const __mmask16 lanes = (__mmask16)((1u << rows) - 1);
    __m512 of_rows[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        if (visible[i] != ~(uint64_t)0) {
            hide(v[i], visible[i], -__builtin_inff());
        }
        of_rows[i] =
            _mm512_max_ps(_mm512_max_ps(v[i][0], v[i][1]), _mm512_max_ps(v[i][2], v[i][3]));
    }
    const __m512 before = _mm512_maskz_loadu_ps(lanes, largest);
    const __m512 of_block =
        _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, units), of_each_row(false, of_rows, rows));
    const __m512 maximum = _mm512_max_ps(of_block, before);
    const __mmask16 is_same = _mm512_cmp_ps_mask(before, maximum, _CMP_EQ_OQ);
    const __m512 factor = _mm512_mask_mov_ps(weight_of(_mm512_sub_ps(before, maximum)), is_same,
                                             _mm512_set1_ps(1.0f));
    _mm512_mask_storeu_ps(largest, lanes, maximum);
    _mm512_mask_storeu_ps(factors, lanes, factor);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        // From the register: what a masked store has written cannot be loaded soon after.
        const __m512 top = _mm512_permutexvar_ps(_mm512_set1_epi32(i), maximum);
        const __m512 unit = _mm512_set1_ps(units[i]);
#pragma clang loop unroll(full)
        for (size_t j = 0; j < 4; j++) {
            v[i][j] = weight_of(_mm512_fmsub_ps(v[i][j], unit, top));
        }
        if (visible[i] != ~(uint64_t)0) {
            hide(v[i], visible[i], 0);
        }
        of_rows[i] =
            _mm512_add_ps(_mm512_add_ps(v[i][0], v[i][1]), _mm512_add_ps(v[i][2], v[i][3]));
    }
    const __m512 total = of_each_row(true, of_rows, rows);
    const __m512 sum = _mm512_maskz_loadu_ps(lanes, sums);
    _mm512_mask_storeu_ps(sums, lanes, _mm512_fmadd_ps(sum, factor, total));
}

ALWAYS_INLINE void blend(float *results, float factor, const float *others, float their_factor,
                         size_t width) {
    for (size_t i = 0; i < width; i += 16) {
        __m512 v = _mm512_mul_ps(_mm512_loadu_ps(results + i), _mm512_set1_ps(factor));
        v = _mm512_fmadd_ps(_mm512_loadu_ps(others + i), _mm512_set1_ps(their_factor), v);
        _mm512_storeu_ps(results + i, v);
    }
}

#undef ALWAYS_INLINE
