// The AVX-512 kernels, written once and compiled twice: avx512.c (F, BW, DQ, VL) and
// avx512_bf16.c, which defines CK_NATIVE_BF16 and may use VDPBF16PS. Included inside the
// target-attribute region of those files.

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// A tile of rows × panels of sums stays in registers: 6 × 4 sums, 4 weights and an activation use
// 29 of the 32. Widening bf16 by hand needs two registers per weight, so its tile is lower.
#define TILE_PANELS 4
#define TILE_ROWS_F32 6
#ifdef CK_NATIVE_BF16
#define TILE_ROWS_BF16 6
#else
#define TILE_ROWS_BF16 4
#endif

// exp(x) to about 1 ulp for finite x ≤ 88, 0 below −103: x = n·ln 2 + r, a degree-6 polynomial for
// exp(r) on [−ln 2/2, ln 2/2] (coefficients of Cephes expf, S. Moshier), then scaling by 2ⁿ.
ALWAYS_INLINE __m512 exponential(__m512 x) {
    // Far below, r is no remainder any more. The second operand is the result where it is NaN.
    x = _mm512_max_ps(_mm512_set1_ps(-104.0f), x);
    __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504088896341f)),
                                    _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
    __m512 p = _mm512_set1_ps(1.9875691500e-4f);
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.3981999507e-3f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(8.3334519073e-3f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(4.1665795894e-2f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.6666665459e-1f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.0000001201e-1f));
    p = _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), _mm512_add_ps(r, _mm512_set1_ps(1.0f)));
    return _mm512_scalef_ps(p, n);
}

// x / (1 + e^−x). For x below −88 the exponential overflows to infinity and the quotient is −0,
// which is the limit.
ALWAYS_INLINE __m512 silu(__m512 x) {
    __m512 e = exponential(_mm512_sub_ps(_mm512_setzero_ps(), x));
    return _mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1.0f), e));
}

ALWAYS_INLINE __m256i round_to_bf16(__m512 x) {
#ifdef CK_NATIVE_BF16
    return (__m256i)_mm512_cvtneps_pbh(x);
#else
    __m512i bits = _mm512_castps_si512(x);
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    __mmask16 is_nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
    rounded = _mm512_mask_mov_epi32(rounded, is_nan, quiet);
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16));
#endif
}

ALWAYS_INLINE void store_elements(ck_element element, void *base, size_t index, __mmask16 mask,
                                  __m512 x) {
    if (element == CK_F32) {
        _mm512_mask_storeu_ps((float *)base + index, mask, x);
    } else {
        _mm256_mask_storeu_epi16((uint16_t *)base + index, mask, round_to_bf16(x));
    }
}

ALWAYS_INLINE __mmask16 first_lanes(size_t count) {
    return count >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << count) - 1);
}

// sum += x · w over one step of one panel, x the same in all channels.
ALWAYS_INLINE __m512 multiply_add(ck_element element, __m512 sum, __m512i x, __m512i w) {
    if (element == CK_F32) {
        return _mm512_fmadd_ps(_mm512_castsi512_ps(x), _mm512_castsi512_ps(w), sum);
    }
#ifdef CK_NATIVE_BF16
    return _mm512_dpbf16_ps(sum, (__m512bh)w, (__m512bh)x);
#else
    const __m512i high = _mm512_set1_epi32((int32_t)0xffff0000);
    sum = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_slli_epi32(x, 16)),
                          _mm512_castsi512_ps(_mm512_slli_epi32(w, 16)), sum);
    return _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_and_si512(x, high)),
                           _mm512_castsi512_ps(_mm512_and_si512(w, high)), sum);
#endif
}

// What becomes of the sums of a tile; `element` is the type of narrow results.
ALWAYS_INLINE void store_tile(ck_element element, const ck_matmul *m, size_t row, int rows,
                              size_t panel, int panels, __m512 (*sums)[TILE_PANELS]) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        char *c = (char *)m->c + (row + (size_t)i) * m->c_row_bytes;
        __m512 scale = _mm512_set1_ps(m->row_scale ? m->row_scale[row + (size_t)i] : 1.0f);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            size_t column = (panel + (size_t)j) * CK_PANEL;
            sums[i][j] = _mm512_mul_ps(sums[i][j], scale);
            if (m->bias) {
                sums[i][j] = _mm512_add_ps(sums[i][j], _mm512_loadu_ps(m->bias + column));
            }
            if (m->output == CK_STORE) {
                _mm512_storeu_ps((float *)c + column, sums[i][j]);
            } else if (m->output == CK_ACCUMULATE) {
                __m512 old = _mm512_loadu_ps((float *)c + column);
                _mm512_storeu_ps((float *)c + column, _mm512_add_ps(old, sums[i][j]));
            } else if (m->output == CK_STORE_ELEMENT) {
                store_elements(element, c, column, 0xffff, sums[i][j]);
            } else if (j % 2 == 1) {
                __m512 gated = _mm512_mul_ps(silu(sums[i][j - 1]), sums[i][j]);
                store_elements(element, c, (panel + (size_t)j) / 2 * CK_PANEL, 0xffff, gated);
            }
        }
    }
}

ALWAYS_INLINE void real_rms_norm(ck_element element, const float *x, const float *weight,
                                 size_t count, float epsilon, void *out) {
    __m512 squares = _mm512_setzero_ps();
    for (size_t i = 0; i < count; i += 16) {
        __m512 v = _mm512_maskz_loadu_ps(first_lanes(count - i), x + i);
        squares = _mm512_fmadd_ps(v, v, squares);
    }
    float mean = _mm512_reduce_add_ps(squares) / (float)count;
    __m512 scale = _mm512_set1_ps(ck_norm_scale(mean, epsilon));
    for (size_t i = 0; i < count; i += 16) {
        __mmask16 mask = first_lanes(count - i);
        __m512 v = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, x + i), scale);
        v = _mm512_mul_ps(v, _mm512_maskz_loadu_ps(mask, weight + i));
        store_elements(element, out, i, mask, v);
    }
}

static void rotate(float *x, const float *cosine, const float *sine, size_t half) {
    for (size_t i = 0; i < half; i += 16) {
        __mmask16 mask = first_lanes(half - i);
        __m512 first = _mm512_maskz_loadu_ps(mask, x + i);
        __m512 second = _mm512_maskz_loadu_ps(mask, x + half + i);
        __m512 c = _mm512_maskz_loadu_ps(mask, cosine + i);
        __m512 s = _mm512_maskz_loadu_ps(mask, sine + i);
        __m512 rotated = _mm512_fnmadd_ps(second, s, _mm512_mul_ps(first, c));
        _mm512_mask_storeu_ps(x + i, mask, rotated);
        rotated = _mm512_fmadd_ps(first, s, _mm512_mul_ps(second, c));
        _mm512_mask_storeu_ps(x + half + i, mask, rotated);
    }
}

ALWAYS_INLINE void real_narrow(ck_element element, const float *x, float scale, size_t count,
                               void *out) {
    for (size_t i = 0; i < count; i += 16) {
        __mmask16 mask = first_lanes(count - i);
        __m512 v = _mm512_maskz_loadu_ps(mask, x + i);
        store_elements(element, out, i, mask, _mm512_mul_ps(v, _mm512_set1_ps(scale)));
    }
}

// 2ᵗ to 1.7e−7 of itself for t ≤ 127, 0 below −149, exactly 1 at 0: t = n + r, then a polynomial
// for 2ʳ on [−½, ½], of those that are 1 at 0 the one with the least largest relative error (9.1e−8
// before rounding; a linear program over its coefficients), then scaling by 2ⁿ.
ALWAYS_INLINE __m512 power_of_two(__m512 t) {
    __m512 n = _mm512_roundscale_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 r = _mm512_sub_ps(t, n);
    __m512 p = _mm512_set1_ps(1.3264652392e-3f);
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(9.6715113244e-3f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.5507339628e-2f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(2.4022242124e-1f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(6.9314697753e-1f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
    return _mm512_scalef_ps(p, n);
}

static size_t largest(const float *x, size_t count) {
    __m512 maximum = _mm512_set1_ps(-__builtin_inff());
    for (size_t i = 0; i < count; i += 16) {
        __m512 v = _mm512_mask_loadu_ps(maximum, first_lanes(count - i), x + i);
        // The second operand is the result where the first is NaN.
        maximum = _mm512_max_ps(v, maximum);
    }
    float value = _mm512_reduce_max_ps(maximum);
    const __m512 wanted = _mm512_set1_ps(value);
    for (size_t i = 0; i < count; i += 16) {
        __mmask16 lanes = first_lanes(count - i);
        __m512 v = _mm512_maskz_loadu_ps(lanes, x + i);
        __mmask16 found = _mm512_mask_cmp_ps_mask(lanes, v, wanted, _CMP_EQ_OQ);
        if (found) {
            return i + (size_t)__builtin_ctz(found);
        }
    }
    return 0;
}

// Chains enough to hide the latency of any of the instructions.
#define PEAK_CHAINS 16

ALWAYS_INLINE uint64_t real_peak(ck_element element, uint64_t rounds, float *sink) {
#ifndef CK_NATIVE_BF16
    // Many rows meet bf16 as f32, widened once for all of them.
    element = CK_F32;
#endif
    __m512 sums[PEAK_CHAINS];
    __m512i x = _mm512_loadu_si512(sink), w = _mm512_loadu_si512(sink);
    for (size_t i = 0; i < PEAK_CHAINS; i++) {
        sums[i] = _mm512_setzero_ps();
    }
    for (uint64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PEAK_CHAINS; i++) {
            sums[i] = multiply_add(element, sums[i], x, w);
        }
    }
    for (size_t i = 1; i < PEAK_CHAINS; i++) {
        sums[0] = _mm512_add_ps(sums[0], sums[i]);
    }
    _mm512_storeu_ps(sink, sums[0]);
    return rounds * PEAK_CHAINS * 16 * 2 * ck_step_depth(element);
}

static uint64_t read_bytes(const void *bytes, size_t byte_count) {
    const char *lines = (const char *)bytes;
    const size_t part = byte_count / (CK_READ_PARTS * CK_READ_BYTES) * CK_READ_BYTES;
    __m512i sums[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
                       _mm512_setzero_si512()};
    for (size_t i = 0; i < part; i += CK_READ_BYTES) {
        for (size_t k = 0; k < CK_READ_PARTS; k++) {
            for (size_t j = 0; j < 4; j++) {
                const char *line = lines + k * part + i + j * 64;
                __builtin_prefetch(line + CK_AHEAD_BYTES, 0, 3);
                sums[j] = _mm512_xor_si512(sums[j], _mm512_loadu_si512(line));
            }
        }
    }
    for (size_t i = CK_READ_PARTS * part; i < byte_count; i += 64) {
        sums[0] = _mm512_xor_si512(sums[0], _mm512_loadu_si512(lines + i));
    }
    uint64_t words[8];
    _mm512_storeu_si512(words, _mm512_xor_si512(_mm512_xor_si512(sums[0], sums[1]),
                                                _mm512_xor_si512(sums[2], sums[3])));
    uint64_t all = 0;
    for (size_t j = 0; j < 8; j++) {
        all ^= words[j];
    }
    return all;
}

#undef ALWAYS_INLINE
