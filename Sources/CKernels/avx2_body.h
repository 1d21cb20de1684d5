// Kernels with AVX2. Included by the files of every set that has it and no AVX-512, inside their
// target-attribute regions.

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// 3 rows × 2 panels of f32 sums fill 12 of the 16 registers; bf16 is widened by hand and needs
// more registers for its weights.
#define TILE_PANELS 2
#define TILE_ROWS_F32 3
#define TILE_ROWS_BF16 2

// A panel is 16 channels: two vectors of sums.
#define HALVES 2

// 2ⁿ for whole n in −126 … 127.
ALWAYS_INLINE __m256 whole_power(__m256 n) {
    __m256i power = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(power, 23));
}

// As in avx512_body.h; inputs below −87 give the smallest normal number instead of 0.
ALWAYS_INLINE __m256 exponential(__m256 x) {
    x = _mm256_max_ps(_mm256_min_ps(x, _mm256_set1_ps(88.0f)), _mm256_set1_ps(-87.0f));
    __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504088896341f)),
                               _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375f), x);
    r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4f), r);
    __m256 p = _mm256_set1_ps(1.9875691500e-4f);
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.3981999507e-3f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(8.3334519073e-3f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(4.1665795894e-2f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.6666665459e-1f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(5.0000001201e-1f));
    p = _mm256_fmadd_ps(p, _mm256_mul_ps(r, r), _mm256_add_ps(r, _mm256_set1_ps(1.0f)));
    return _mm256_mul_ps(p, whole_power(n));
}

// As in avx512_body.h; 2^−126 below that.
ALWAYS_INLINE __m256 power_of_two(__m256 t) {
    // The second operand is the result where it is NaN.
    t = _mm256_max_ps(_mm256_set1_ps(-126.0f), t);
    __m256 n = _mm256_round_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256 r = _mm256_sub_ps(t, n);
    __m256 p = _mm256_set1_ps(1.3264652392e-3f);
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(9.6715113244e-3f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(5.5507339628e-2f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(2.4022242124e-1f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(6.9314697753e-1f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f));
    return _mm256_mul_ps(p, whole_power(n));
}

ALWAYS_INLINE __m256 silu(__m256 x) {
    // Below it is 0, and the exponential too small for the quotient to be.
    x = _mm256_max_ps(_mm256_set1_ps(-88.0f), x);
    __m256 e = exponential(_mm256_sub_ps(_mm256_setzero_ps(), x));
    return _mm256_div_ps(x, _mm256_add_ps(_mm256_set1_ps(1.0f), e));
}

ALWAYS_INLINE __m128i round_to_bf16(__m256 x) {
    __m256i bits = _mm256_castps_si256(x);
    __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    __m256i rounded = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
    __m256i is_nan = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
    rounded = _mm256_srli_epi32(_mm256_blendv_epi8(rounded, quiet, is_nan), 16);
    return _mm_packus_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));
}

ALWAYS_INLINE void store_elements(ck_element element, void *base, size_t index, __m256 x) {
    if (element == CK_F32) {
        _mm256_storeu_ps((float *)base + index, x);
    } else {
        _mm_storeu_si128((__m128i *)((uint16_t *)base + index), round_to_bf16(x));
    }
}

// The last, incomplete vector of an array goes through a buffer of eight.
ALWAYS_INLINE __m256 load_first(const float *x, size_t count, float fill) {
    if (count >= 8) {
        return _mm256_loadu_ps(x);
    }
    float lanes[8] = {fill, fill, fill, fill, fill, fill, fill, fill};
    memcpy(lanes, x, count * sizeof(float));
    return _mm256_loadu_ps(lanes);
}

ALWAYS_INLINE void store_first(ck_element element, void *base, size_t index, size_t count,
                               __m256 x) {
    if (count >= 8) {
        store_elements(element, base, index, x);
        return;
    }
    float lanes[8];
    store_elements(element, lanes, 0, x);
    memcpy((char *)base + index * ck_size(element), lanes, count * ck_size(element));
}

ALWAYS_INLINE float sum_of(__m256 x) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

ALWAYS_INLINE float maximum_of(__m256 x) {
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
}

ALWAYS_INLINE __m256 multiply_add(ck_element element, __m256 sum, __m256i x, __m256i w) {
    if (element == CK_F32) {
        return _mm256_fmadd_ps(_mm256_castsi256_ps(x), _mm256_castsi256_ps(w), sum);
    }
    const __m256i high = _mm256_set1_epi32((int32_t)0xffff0000);
    sum = _mm256_fmadd_ps(_mm256_castsi256_ps(_mm256_slli_epi32(x, 16)),
                          _mm256_castsi256_ps(_mm256_slli_epi32(w, 16)), sum);
    return _mm256_fmadd_ps(_mm256_castsi256_ps(_mm256_and_si256(x, high)),
                           _mm256_castsi256_ps(_mm256_and_si256(w, high)), sum);
}

// What becomes of the sums of a tile; `element` is the type of narrow results.
ALWAYS_INLINE void store_tile(ck_element element, const ck_matmul *m, size_t row, int rows,
                              size_t panel, int panels, __m256 (*sums)[TILE_PANELS * HALVES]) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        char *c = (char *)m->c + (row + (size_t)i) * m->c_row_bytes;
        __m256 scale = _mm256_set1_ps(m->row_scale ? m->row_scale[row + (size_t)i] : 1.0f);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * HALVES; j++) {
            size_t column = panel * CK_PANEL + (size_t)j * 8;
            sums[i][j] = _mm256_mul_ps(sums[i][j], scale);
            if (m->bias) {
                sums[i][j] = _mm256_add_ps(sums[i][j], _mm256_loadu_ps(m->bias + column));
            }
            if (m->output == CK_STORE) {
                _mm256_storeu_ps((float *)c + column, sums[i][j]);
            } else if (m->output == CK_ACCUMULATE) {
                __m256 old = _mm256_loadu_ps((float *)c + column);
                _mm256_storeu_ps((float *)c + column, _mm256_add_ps(old, sums[i][j]));
            } else if (m->output == CK_STORE_ELEMENT) {
                store_elements(element, c, column, sums[i][j]);
            } else if (j >= HALVES) {
                __m256 gated = _mm256_mul_ps(silu(sums[i][j - HALVES]), sums[i][j]);
                size_t out = panel / 2 * CK_PANEL + (size_t)(j - HALVES) * 8;
                store_elements(element, c, out, gated);
            }
        }
    }
}

ALWAYS_INLINE void tile(ck_element element, const ck_matmul *m, size_t row, int rows, size_t panel,
                        int panels) {
    __m256 sums[TILE_ROWS_F32][TILE_PANELS * HALVES];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * HALVES; j++) {
            sums[i][j] = _mm256_setzero_ps();
        }
    }
    const char *a = (const char *)m->a + row * m->a_row_bytes;
    const char *b = (const char *)m->b + panel * m->b_panel_bytes;
    const size_t a_row_bytes = m->a_row_bytes, b_panel_bytes = m->b_panel_bytes;
    for (size_t step = m->steps; step > 0; step--) {
        ck_ask(m, b, panels);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels * HALVES; j++) {
            const char *line = b + (size_t)(j / HALVES) * b_panel_bytes + j % HALVES * 32;
            __m256i w = _mm256_loadu_si256((const __m256i *)line);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                int32_t number;
                memcpy(&number, a + (size_t)i * a_row_bytes, sizeof number);
                sums[i][j] = multiply_add(element, sums[i][j], _mm256_set1_epi32(number), w);
            }
        }
        a += 4;
        b += m->b_step_bytes;
    }
    store_tile(element, m, row, rows, panel, panels, sums);
}

ALWAYS_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

ALWAYS_INLINE void real_matmul(ck_element element, const ck_matmul *m, size_t first, size_t end) {
    const size_t tile_rows = element == CK_F32 ? TILE_ROWS_F32 : TILE_ROWS_BF16;
    const size_t block_rows = ck_block_rows(m, tile_rows);
    for (size_t block = 0; block < m->rows; block += block_rows) {
        size_t block_end = smaller(m->rows, block + block_rows);
        for (size_t panel = first; panel < end; panel += TILE_PANELS) {
            int pair = end - panel >= TILE_PANELS;
            for (size_t row = block; row < block_end; row += tile_rows) {
                size_t rows = smaller(tile_rows, block_end - row);
                if (rows == 3) {
                    pair ? tile(element, m, row, 3, panel, 2) : tile(element, m, row, 3, panel, 1);
                } else if (rows == 2) {
                    pair ? tile(element, m, row, 2, panel, 2) : tile(element, m, row, 2, panel, 1);
                } else {
                    pair ? tile(element, m, row, 1, panel, 2) : tile(element, m, row, 1, panel, 1);
                }
            }
        }
    }
}

ALWAYS_INLINE void real_rms_norm(ck_element element, const float *x, const float *weight,
                                 size_t count, float epsilon, void *out) {
    __m256 squares = _mm256_setzero_ps();
    for (size_t i = 0; i < count; i += 8) {
        __m256 v = load_first(x + i, count - i, 0);
        squares = _mm256_fmadd_ps(v, v, squares);
    }
    float mean = sum_of(squares) / (float)count;
    __m256 scale = _mm256_set1_ps(ck_norm_scale(mean, epsilon));
    for (size_t i = 0; i < count; i += 8) {
        __m256 v = _mm256_mul_ps(load_first(x + i, count - i, 0), scale);
        v = _mm256_mul_ps(v, load_first(weight + i, count - i, 0));
        store_first(element, out, i, count - i, v);
    }
}

static void rotate(float *x, const float *cosine, const float *sine, size_t half) {
    for (size_t i = 0; i < half; i += 8) {
        size_t count = half - i;
        __m256 first = load_first(x + i, count, 0), second = load_first(x + half + i, count, 0);
        __m256 c = load_first(cosine + i, count, 0), s = load_first(sine + i, count, 0);
        __m256 rotated = _mm256_fnmadd_ps(second, s, _mm256_mul_ps(first, c));
        store_first(CK_F32, x, i, count, rotated);
        rotated = _mm256_fmadd_ps(first, s, _mm256_mul_ps(second, c));
        store_first(CK_F32, x + half, i, count, rotated);
    }
}

ALWAYS_INLINE void real_narrow(ck_element element, const float *x, float scale, size_t count,
                               void *out) {
    for (size_t i = 0; i < count; i += 8) {
        __m256 v = load_first(x + i, count - i, 0);
        store_first(element, out, i, count - i, _mm256_mul_ps(v, _mm256_set1_ps(scale)));
    }
}

static size_t largest(const float *x, size_t count) {
    const float lowest = -__builtin_inff();
    __m256 maximum = _mm256_set1_ps(lowest);
    for (size_t i = 0; i < count; i += 8) {
        // The second operand is the result where the first is NaN.
        maximum = _mm256_max_ps(load_first(x + i, count - i, lowest), maximum);
    }
    float value = maximum_of(maximum);
    for (size_t i = 0; i < count; i++) {
        if (x[i] == value) {
            return i;
        }
    }
    return 0;
}

// Chains enough to hide the latency, few enough to stay in registers.
#define PEAK_CHAINS 10

ALWAYS_INLINE uint64_t real_peak(ck_element element, uint64_t rounds, float *sink) {
    __m256 sums[PEAK_CHAINS];
    __m256i x = _mm256_loadu_si256((const __m256i *)sink), w = x;
    for (size_t i = 0; i < PEAK_CHAINS; i++) {
        sums[i] = _mm256_setzero_ps();
    }
    for (uint64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PEAK_CHAINS; i++) {
            sums[i] = multiply_add(element, sums[i], x, w);
        }
    }
    for (size_t i = 1; i < PEAK_CHAINS; i++) {
        sums[0] = _mm256_add_ps(sums[0], sums[i]);
    }
    _mm256_storeu_ps(sink, sums[0]);
    return rounds * PEAK_CHAINS * 8 * 2 * ck_step_depth(element);
}

static uint64_t read_bytes(const void *bytes, size_t byte_count) {
    const char *lines = (const char *)bytes;
    const size_t part = byte_count / (CK_READ_PARTS * CK_READ_BYTES) * CK_READ_BYTES;
    __m256i sums[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
                       _mm256_setzero_si256()};
    for (size_t i = 0; i < part; i += CK_READ_BYTES) {
        for (size_t k = 0; k < CK_READ_PARTS; k++) {
            for (size_t j = 0; j < 4; j++) {
                const char *line = lines + k * part + i + j * 64;
                __builtin_prefetch(line + CK_AHEAD_BYTES, 0, 3);
                sums[j] = _mm256_xor_si256(sums[j], _mm256_loadu_si256((const __m256i *)line));
                sums[j] =
                    _mm256_xor_si256(sums[j], _mm256_loadu_si256((const __m256i *)(line + 32)));
            }
        }
    }
    for (size_t i = CK_READ_PARTS * part; i < byte_count; i += 32) {
        sums[0] = _mm256_xor_si256(sums[0], _mm256_loadu_si256((const __m256i *)(lines + i)));
    }
    __m256i all =
        _mm256_xor_si256(_mm256_xor_si256(sums[0], sums[1]), _mm256_xor_si256(sums[2], sums[3]));
    return (uint64_t)_mm256_extract_epi64(all, 0) ^ (uint64_t)_mm256_extract_epi64(all, 1) ^
           (uint64_t)_mm256_extract_epi64(all, 2) ^ (uint64_t)_mm256_extract_epi64(all, 3);
}
