// What attention is made of, with AVX2: see attention_body.h. Included by avx2.c inside its
// target-attribute region.

// The second operand is the result where it is NaN.
ALWAYS_INLINE __m256 weight_of(__m256 t) {
    return power_of_two(_mm256_max_ps(_mm256_set1_ps(CK_LEAST_POWER), t));
}

ALWAYS_INLINE float one_weight(float t) { return _mm256_cvtss_f32(weight_of(_mm256_set1_ps(t))); }

// All ones in the lanes whose bits are set.
ALWAYS_INLINE __m256 lanes_of(uint64_t bits) {
    const __m256i each = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i all = _mm256_set1_epi32((int32_t)(bits & 255));
    return _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(all, each), each));
}

// As in scalar.c.
ALWAYS_INLINE float weigh(ck_element element, const float *scores, uint64_t visible, float scale,
                          float *largest, float *sum, void *out) {
    const __m256 lowest = _mm256_set1_ps(-__builtin_inff());
    const __m256 factor = _mm256_set1_ps(scale * CK_LOG2_E);
    __m256 most = lowest;
    for (size_t i = 0; i < CK_CACHE_BLOCK; i += 8) {
        __m256 v = _mm256_mul_ps(_mm256_loadu_ps(scores + i), factor);
        v = _mm256_blendv_ps(lowest, v, lanes_of(visible >> i));
        most = _mm256_max_ps(v, most);
    }
    const float before = *largest, of_block = maximum_of(most);
    const float maximum = of_block > before ? of_block : before;
    __m256 total = _mm256_setzero_ps();
    for (size_t i = 0; i < CK_CACHE_BLOCK; i += 8) {
        __m256 v = _mm256_mul_ps(_mm256_loadu_ps(scores + i), factor);
        v = weight_of(_mm256_sub_ps(v, _mm256_set1_ps(maximum)));
        v = _mm256_and_ps(v, lanes_of(visible >> i));
        total = _mm256_add_ps(total, v);
        store_elements(element, out, i, v);
    }
    const float of_before = before == maximum ? 1 : one_weight(before - maximum);
    *largest = maximum;
    *sum = *sum * of_before + sum_of(total);
    return of_before;
}

static void rescale(float *results, size_t width, float factor) {
    for (size_t i = 0; i < width; i += 8) {
        __m256 v = _mm256_loadu_ps(results + i);
        _mm256_storeu_ps(results + i, _mm256_mul_ps(v, _mm256_set1_ps(factor)));
    }
}

ALWAYS_INLINE void blend(float *results, float factor, const float *others, float their_factor,
                         size_t width) {
    for (size_t i = 0; i < width; i += 8) {
        __m256 v = _mm256_mul_ps(_mm256_loadu_ps(results + i), _mm256_set1_ps(factor));
        v = _mm256_fmadd_ps(_mm256_loadu_ps(others + i), _mm256_set1_ps(their_factor), v);
        _mm256_storeu_ps(results + i, v);
    }
}
