// What attention is made of, with AVX-512: see attention_body.h. Included after avx512_body.h,
// inside the target-attribute region.

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// The second operand is the result where it is NaN.
ALWAYS_INLINE __m512 weight_of(__m512 t) {
    return power_of_two(_mm512_max_ps(_mm512_set1_ps(CK_LEAST_POWER), t));
}

ALWAYS_INLINE float one_weight(float t) { return _mm512_cvtss_f32(weight_of(_mm512_set1_ps(t))); }

// Turns four vectors of a row's scores of one block, in units of which `unit` make a power of two,
// into weights relative to the largest so far, of which the block's is one. Returns what sums and
// results before it are to be multiplied by.
ALWAYS_INLINE float weigh_scores(__m512 *v, uint64_t visible, float unit, float *largest,
                                 float *sum) {
    const bool is_full = visible == ~(uint64_t)0;
    if (!is_full) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < 4; j++) {
            v[j] = _mm512_mask_mov_ps(_mm512_set1_ps(-__builtin_inff()),
                                      (__mmask16)(visible >> (16 * j)), v[j]);
        }
    }
    const float before = *largest;
    const float of_block = unit * _mm512_reduce_max_ps(_mm512_max_ps(_mm512_max_ps(v[0], v[1]),
                                                                     _mm512_max_ps(v[2], v[3])));
    const float maximum = of_block > before ? of_block : before;
    const __m512 all_maximum = _mm512_set1_ps(maximum), all_unit = _mm512_set1_ps(unit);
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
        v[j] = weight_of(_mm512_fmsub_ps(v[j], all_unit, all_maximum));
    }
    if (!is_full) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < 4; j++) {
            v[j] = _mm512_maskz_mov_ps((__mmask16)(visible >> (16 * j)), v[j]);
        }
    }
    const float total =
        _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(v[0], v[1]), _mm512_add_ps(v[2], v[3])));
    if (before == maximum) {
        *sum += total;
        return 1;
    }
    const float of_before = one_weight(before - maximum);
    *largest = maximum;
    *sum = *sum * of_before + total;
    return of_before;
}

// As in scalar.c.
ALWAYS_INLINE float weigh(ck_element element, const float *scores, uint64_t visible, float scale,
                          float *largest, float *sum, void *out) {
    __m512 v[4];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
        v[j] = _mm512_loadu_ps(scores + 16 * j);
    }
    const float factor = weigh_scores(v, visible, scale * CK_LOG2_E, largest, sum);
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
        store_elements(element, out, 16 * j, 0xffff, v[j]);
    }
    return factor;
}

ALWAYS_INLINE void rescale(float *results, size_t width, float factor) {
    for (size_t i = 0; i < width; i += 16) {
        __m512 v = _mm512_loadu_ps(results + i);
        _mm512_storeu_ps(results + i, _mm512_mul_ps(v, _mm512_set1_ps(factor)));
    }
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
