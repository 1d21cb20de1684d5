#pragma once

// The intrinsics of AVX-512 that the kernels use, in clang's vectors and nothing of any CPU: what
// the instructions do is from the Intel SDM, vol. 2. A kernel that uses one more than these does
// not compile in the tests until it is added here.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
// For the compiler to make its code from, up to PORTABLE_END, the last line of who includes this.
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define PORTABLE_END _Pragma("clang attribute pop")
#else
#define PORTABLE_END
#endif

// All of it is inlined: no vector is passed to anybody.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float __m256 __attribute__((vector_size(32)));
typedef float __m512 __attribute__((vector_size(64)));
typedef double __m512d __attribute__((vector_size(64)));
typedef long long __m128i __attribute__((vector_size(16)));
typedef long long __m256i __attribute__((vector_size(32)));
typedef long long __m512i __attribute__((vector_size(64)));
typedef uint32_t __m512bh __attribute__((vector_size(64)));
typedef uint16_t __mmask16;
typedef uint32_t __mmask32;
typedef uint64_t __mmask64;

// What the lanes of a register are taken for.
typedef int32_t words __attribute__((vector_size(64)));
typedef uint32_t unsigned_words __attribute__((vector_size(64)));
typedef int16_t halves __attribute__((vector_size(64)));
typedef uint16_t unsigned_halves __attribute__((vector_size(64)));
typedef int8_t bytes __attribute__((vector_size(64)));
typedef int8_t sixteen_bytes __attribute__((vector_size(16)));
typedef uint16_t sixteen_halves __attribute__((vector_size(32)));
typedef double doubles __attribute__((vector_size(128)));
typedef int64_t longs __attribute__((vector_size(128)));
typedef uint64_t unsigned_longs __attribute__((vector_size(64)));
typedef _Float16 sixteen_floats __attribute__((vector_size(32)));

#define PORTABLE static inline __attribute__((always_inline))

// Memory that is aligned to nothing.

#define PORTABLE_LOAD(NAME, TYPE)                                                                  \
    PORTABLE TYPE NAME(const void *base) {                                                         \
        TYPE x;                                                                                    \
        memcpy(&x, base, sizeof x);                                                                \
        return x;                                                                                  \
    }
#define PORTABLE_STORE(NAME, TYPE)                                                                 \
    PORTABLE void NAME(void *base, TYPE x) { memcpy(base, &x, sizeof x); }
PORTABLE_LOAD(_mm256_loadu_si256, __m256i)
PORTABLE_LOAD(_mm512_load_ps, __m512)
PORTABLE_LOAD(_mm512_load_si512, __m512i)
PORTABLE_LOAD(_mm512_loadu_ps, __m512)
PORTABLE_LOAD(_mm512_loadu_si512, __m512i)
PORTABLE_STORE(_mm_storeu_si128, __m128i)
PORTABLE_STORE(_mm512_store_ps, __m512)
PORTABLE_STORE(_mm512_storeu_ps, __m512)
PORTABLE_STORE(_mm512_storeu_si512, __m512i)
PORTABLE_STORE(_mm512_store_si512, __m512i)

// Masks of 16 lanes as lanes of ones and zeros, and back.

PORTABLE words lanes_of(__mmask16 mask) {
    const words bits = {0x1,   0x2,   0x4,   0x8,   0x10,   0x20,   0x40,   0x80,
                        0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000};
    return (((words){0} + mask) & bits) != 0;
}

PORTABLE __mmask16 mask_of(words lanes) {
    __mmask16 mask = 0;
    for (int k = 0; k < 16; k++) {
        mask = (__mmask16)(mask | (lanes[k] & 1) << k);
    }
    return mask;
}

PORTABLE words chosen(words lanes, words yes, words no) { return (lanes & yes) | (~lanes & no); }

PORTABLE __m512 _mm512_mask_loadu_ps(__m512 other, __mmask16 mask, const void *base) {
    for (int k = 0; k < 16; k++) {
        if (mask >> k & 1) {
            float x;
            memcpy(&x, (const char *)base + 4 * k, sizeof x);
            other[k] = x;
        }
    }
    return other;
}

PORTABLE __m512 _mm512_maskz_loadu_ps(__mmask16 mask, const void *base) {
    return _mm512_mask_loadu_ps((__m512){0}, mask, base);
}

PORTABLE void _mm512_mask_storeu_ps(void *base, __mmask16 mask, __m512 x) {
    for (int k = 0; k < 16; k++) {
        if (mask >> k & 1) {
            memcpy((char *)base + 4 * k, (const char *)&x + 4 * k, 4);
        }
    }
}

PORTABLE __m256i _mm256_maskz_loadu_epi16(__mmask16 mask, const void *base) {
    __m256i out = {0};
    for (int k = 0; k < 16; k++) {
        if (mask >> k & 1) {
            memcpy((char *)&out + 2 * k, (const char *)base + 2 * k, 2);
        }
    }
    return out;
}

PORTABLE __m512i _mm512_cvtepu16_epi32(__m256i x) {
    return (__m512i) __builtin_convertvector((sixteen_halves)x, unsigned_words);
}

PORTABLE void _mm256_mask_storeu_epi16(void *base, __mmask16 mask, __m256i x) {
    for (int k = 0; k < 16; k++) {
        if (mask >> k & 1) {
            memcpy((char *)base + 2 * k, (const char *)&x + 2 * k, 2);
        }
    }
}

PORTABLE __m512 _mm512_mask_blend_ps(__mmask16 mask, __m512 no, __m512 yes) {
    return (__m512)chosen(lanes_of(mask), (words)yes, (words)no);
}

PORTABLE __m512 _mm512_maskz_mov_ps(__mmask16 mask, __m512 x) {
    return (__m512)(lanes_of(mask) & (words)x);
}

PORTABLE __m512 _mm512_mask_mov_ps(__m512 other, __mmask16 mask, __m512 x) {
    return (__m512)chosen(lanes_of(mask), (words)x, (words)other);
}

PORTABLE __m512i _mm512_mask_mov_epi32(__m512i other, __mmask16 mask, __m512i x) {
    return (__m512i)chosen(lanes_of(mask), (words)x, (words)other);
}

PORTABLE __m512i _mm512_mask_mov_epi16(__m512i other, __mmask32 mask, __m512i x) {
    halves out = (halves)other, from = (halves)x;
    for (int k = 0; k < 32; k++) {
        out[k] = mask >> k & 1 ? from[k] : out[k];
    }
    return (__m512i)out;
}

PORTABLE __m512i _mm512_mask_mov_epi8(__m512i other, __mmask64 mask, __m512i x) {
    bytes out = (bytes)other, from = (bytes)x;
    for (int k = 0; k < 64; k++) {
        out[k] = mask >> k & 1 ? from[k] : out[k];
    }
    return (__m512i)out;
}

// Constants and casts.

PORTABLE __m512 _mm512_set1_ps(float x) { return (__m512){0} + x; }
PORTABLE __m512i _mm512_set1_epi32(int32_t x) { return (__m512i)((words){0} + x); }
PORTABLE __m512i _mm512_set1_epi16(int16_t x) { return (__m512i)((halves){0} + x); }
PORTABLE __m512i _mm512_set1_epi8(int8_t x) { return (__m512i)((bytes){0} + x); }
#define _mm512_setr_epi32(...) ((__m512i)(words){__VA_ARGS__})
PORTABLE __m512 _mm512_setzero_ps(void) { return (__m512){0}; }
PORTABLE __m512i _mm512_setzero_si512(void) { return (__m512i){0}; }
PORTABLE __m512i _mm512_castps_si512(__m512 x) { return (__m512i)x; }
PORTABLE __m512 _mm512_castsi512_ps(__m512i x) { return (__m512)x; }

// Whole numbers: sums wrap around.

#define PORTABLE_WHOLE(NAME, LANES, RESULT)                                                        \
    PORTABLE __m512i NAME(__m512i a, __m512i b) {                                                  \
        LANES x = (LANES)a, y = (LANES)b;                                                          \
        return (__m512i)(RESULT);                                                                  \
    }
PORTABLE_WHOLE(_mm512_add_epi32, unsigned_words, x + y)
PORTABLE_WHOLE(_mm512_sub_epi32, unsigned_words, x - y)
PORTABLE_WHOLE(_mm512_add_epi16, unsigned_halves, x + y)
PORTABLE_WHOLE(_mm512_mullo_epi16, unsigned_halves, x *y)
PORTABLE_WHOLE(_mm512_max_epu32, unsigned_words, __builtin_elementwise_max(x, y))
PORTABLE_WHOLE(_mm512_and_si512, words, x &y)
PORTABLE_WHOLE(_mm512_or_si512, words, x | y)
PORTABLE_WHOLE(_mm512_xor_si512, words, x ^ y)

PORTABLE __m512i _mm512_slli_epi32(__m512i x, unsigned count) {
    return (__m512i)((unsigned_words)x << count);
}

PORTABLE __m512i _mm512_srli_epi32(__m512i x, unsigned count) {
    return (__m512i)((unsigned_words)x >> count);
}

PORTABLE __m512i _mm512_srli_epi16(__m512i x, unsigned count) {
    return (__m512i)((unsigned_halves)x >> (uint16_t)count);
}

// Each sum gets four products, of unsigned bytes of `a` and signed ones of `b`.
PORTABLE __m512i _mm512_dpbusd_epi32(__m512i sum, __m512i a, __m512i b) {
    unsigned_words total = (unsigned_words)sum;
#pragma clang loop unroll(full)
    for (int k = 0; k < 4; k++) {
        words x = (words)((unsigned_words)a >> 8 * k & 255);
        words y = (words)((unsigned_words)b << (24 - 8 * k)) >> 24;
        total += (unsigned_words)(x * y);
    }
    return (__m512i)total;
}

// Real numbers: one rounding for each operation.

PORTABLE __m512 _mm512_add_ps(__m512 x, __m512 y) { return x + y; }
PORTABLE __m512 _mm512_sub_ps(__m512 x, __m512 y) { return x - y; }
PORTABLE __m512 _mm512_mul_ps(__m512 x, __m512 y) { return x * y; }
PORTABLE __m512 _mm512_div_ps(__m512 x, __m512 y) { return x / y; }
PORTABLE __m512 _mm512_maskz_div_ps(__mmask16 mask, __m512 x, __m512 y) {
    return _mm512_maskz_mov_ps(mask, x / y);
}
PORTABLE __m512 _mm512_fmadd_ps(__m512 x, __m512 y, __m512 z) {
    return __builtin_elementwise_fma(x, y, z);
}
PORTABLE __m512 _mm512_fnmadd_ps(__m512 x, __m512 y, __m512 z) {
    return __builtin_elementwise_fma(-x, y, z);
}
PORTABLE __m512 _mm512_fmsub_ps(__m512 x, __m512 y, __m512 z) {
    return __builtin_elementwise_fma(x, y, -z);
}
PORTABLE float _mm512_cvtss_f32(__m512 x) { return x[0]; }
PORTABLE __m512 _mm512_abs_ps(__m512 x) { return __builtin_elementwise_abs(x); }

// The second operand is the result where one is NaN.
PORTABLE __m512 _mm512_max_ps(__m512 x, __m512 y) {
    return (__m512)chosen(x > y, (words)x, (words)y);
}

#define _MM_FROUND_TO_NEAREST_INT 0
#define _MM_FROUND_NO_EXC 8

PORTABLE __m512 _mm512_roundscale_ps(__m512 x, int how) {
    return how == _MM_FROUND_NO_EXC ? __builtin_elementwise_roundeven(x) : (__m512){0} / 0.0f;
}

// x · 2^⌊y⌋ in one rounding: doubles hold the power and the product.
PORTABLE __m512 _mm512_scalef_ps(__m512 x, __m512 y) {
    __m512 power = __builtin_elementwise_floor(y);
    power = (__m512)chosen(power > 1000.0f, (words)((__m512){0} + 1000.0f), (words)power);
    power = (__m512)chosen(power < -1000.0f, (words)((__m512){0} - 1000.0f), (words)power);
    longs exponent = __builtin_convertvector((__m512)((power == power) & (words)power), longs);
    doubles product = __builtin_convertvector(x, doubles) * (doubles)((exponent + 1023) << 52);
    __m512 out = __builtin_convertvector(product, __m512);
    return (__m512)chosen(power == power, (words)out, (words)power);
}

#define _CMP_EQ_OQ 0
#define _CMP_UNORD_Q 3
#define _CMP_GT_OQ 30

PORTABLE __mmask16 _mm512_cmp_ps_mask(__m512 x, __m512 y, int how) {
    return how == _CMP_EQ_OQ     ? mask_of(x == y)
           : how == _CMP_UNORD_Q ? mask_of((x != x) | (y != y))
           : how == _CMP_GT_OQ   ? mask_of(x > y)
                                 : 0;
}

PORTABLE __mmask16 _mm512_mask_cmp_ps_mask(__mmask16 mask, __m512 x, __m512 y, int how) {
    return mask & _mm512_cmp_ps_mask(x, y, how);
}

// The same choice of lanes in each quarter of a register.
PORTABLE __m512 _mm512_permute_ps(__m512 x, int choice) {
    __m512 out;
    for (int k = 0; k < 16; k++) {
        out[k] = x[k / 4 * 4 + (choice >> k % 4 * 2 & 3)];
    }
    return out;
}

// Two quarters of one register, then two of the other.
PORTABLE __m512 _mm512_shuffle_f32x4(__m512 x, __m512 y, int choice) {
    __m512 out;
    for (int k = 0; k < 16; k++) {
        int from = (choice >> k / 4 * 2 & 3) * 4 + k % 4;
        out[k] = k < 8 ? x[from] : y[from];
    }
    return out;
}

PORTABLE __m512i _mm512_permutexvar_epi32(__m512i choice, __m512i x) {
    words out, from = (words)x;
    for (int k = 0; k < 16; k++) {
        out[k] = from[((words)choice)[k] & 15];
    }
    return (__m512i)out;
}

PORTABLE __m512 _mm512_permutexvar_ps(__m512i choice, __m512 x) {
    return (__m512)_mm512_permutexvar_epi32(choice, (__m512i)x);
}

// The first or the second halves of each quarter of two registers, in turns: of words, and of
// pairs.

#define PORTABLE_UNPACK(NAME, TYPE, LANES, COUNT, FIRST)                                           \
    PORTABLE TYPE NAME(TYPE a, TYPE b) {                                                           \
        LANES out;                                                                                 \
        for (int k = 0; k < (COUNT); k++) {                                                        \
            const int quarter = (COUNT) / 4, half = quarter / 2;                                   \
            const int from = k / quarter * quarter + k % quarter / 2 + (FIRST)*half;               \
            out[k] = ((LANES)(k % 2 ? b : a))[from];                                               \
        }                                                                                          \
        return (TYPE)out;                                                                          \
    }
PORTABLE_UNPACK(_mm512_unpacklo_ps, __m512, words, 16, 0)
PORTABLE_UNPACK(_mm512_unpackhi_ps, __m512, words, 16, 1)
PORTABLE_UNPACK(_mm512_unpacklo_pd, __m512d, unsigned_longs, 8, 0)
PORTABLE_UNPACK(_mm512_unpackhi_pd, __m512d, unsigned_longs, 8, 1)

PORTABLE __m512d _mm512_castps_pd(__m512 x) { return (__m512d)x; }

PORTABLE __m512 _mm512_castpd_ps(__m512d x) { return (__m512)x; }

// Both narrow in each quarter of a register: four words of `a`, then of `b`; eight halves of each.
PORTABLE __m512i _mm512_packs_epi32(__m512i a, __m512i b) {
    halves out;
    for (int k = 0; k < 32; k++) {
        int32_t x = ((words)(k / 4 % 2 ? b : a))[k / 8 * 4 + k % 4];
        out[k] = (int16_t)(x > INT16_MAX ? INT16_MAX : x < INT16_MIN ? INT16_MIN : x);
    }
    return (__m512i)out;
}

PORTABLE __m512i _mm512_packus_epi16(__m512i a, __m512i b) {
    bytes out;
    for (int k = 0; k < 64; k++) {
        int16_t x = ((halves)(k / 8 % 2 ? b : a))[k / 16 * 8 + k % 8];
        out[k] = (int8_t)(x > UINT8_MAX ? UINT8_MAX : x < 0 ? 0 : x);
    }
    return (__m512i)out;
}

// Reductions halve the register, as the compiler's do.
#define PORTABLE_REDUCE(NAME, RESULT, REGISTER, LANES, COUNT, COMBINED)                            \
    PORTABLE RESULT NAME(REGISTER a) {                                                             \
        LANES x = (LANES)a;                                                                        \
        for (int half = (COUNT) / 2; half > 0; half /= 2) {                                        \
            for (int k = 0; k < half; k++) {                                                       \
                RESULT first = (RESULT)x[k], second = (RESULT)x[k + half];                         \
                x[k] = COMBINED;                                                                   \
            }                                                                                      \
        }                                                                                          \
        return (RESULT)x[0];                                                                       \
    }
PORTABLE_REDUCE(_mm512_reduce_add_ps, float, __m512, __m512, 16, first + second)
PORTABLE_REDUCE(_mm512_reduce_max_ps, float, __m512, __m512, 16, first > second ? first : second)
PORTABLE_REDUCE(_mm512_reduce_add_epi32, int32_t, __m512i, unsigned_words, 16,
                (uint32_t)first + (uint32_t)second)
PORTABLE_REDUCE(_mm512_reduce_max_epu32, uint32_t, __m512i, unsigned_words, 16,
                first > second ? first : second)

// Between types.

PORTABLE __m512 _mm512_cvtepi32_ps(__m512i x) { return __builtin_convertvector((words)x, __m512); }

// What is no whole number in range becomes the least.
PORTABLE __m512i _mm512_cvtps_epi32(__m512 x) {
    words inside = (x >= -0x1p31f) & (x < 0x1p31f);
    __m512 whole = __builtin_elementwise_roundeven((__m512)(inside & (words)x));
    return (__m512i)chosen(inside, __builtin_convertvector(whole, words), (words){0} + INT32_MIN);
}

PORTABLE __m256i _mm512_cvtepi32_epi16(__m512i x) {
    return (__m256i) __builtin_convertvector((unsigned_words)x, sixteen_halves);
}

PORTABLE __m128i _mm512_cvtsepi32_epi8(__m512i x) {
    words most = (words){0} + 127, least = (words){0} - 128;
    words inside = __builtin_elementwise_min(__builtin_elementwise_max((words)x, least), most);
    return (__m128i) __builtin_convertvector(inside, sixteen_bytes);
}

PORTABLE __m512 _mm512_cvtph_ps(__m256i x) {
    return __builtin_convertvector((sixteen_floats)x, __m512);
}

// To nearest even; what is too small for a full exponent becomes 0, and a NaN quiet.
PORTABLE __m256i _mm512_cvtneps_pbh(__m512 x) {
    unsigned_words bits = (unsigned_words)x, magnitude = bits & 0x7fffffff;
    unsigned_words rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    words is_nan = (words)(magnitude > 0x7f800000), is_small = (words)(magnitude < 0x00800000);
    words out = chosen(is_nan, (words)(bits >> 16 | 0x40), (words)rounded);
    out = chosen(is_small, (words)(bits >> 16 & 0x8000), out);
    return (__m256i) __builtin_convertvector((unsigned_words)out, sixteen_halves);
}

PORTABLE __m512 normal_or_zero(__m512 x) {
    words is_large = (__builtin_elementwise_abs(x) >= 0x1p-126f) | (x != x);
    return (__m512)((words)x & (is_large | INT32_MIN));
}

// The upper product of each pair first, then the lower one, each rounded; numbers too small for a
// full exponent count as 0.
PORTABLE __m512 _mm512_dpbf16_ps(__m512 sum, __m512bh a, __m512bh b) {
    __m512 upper_a = normal_or_zero((__m512)(a & 0xffff0000)),
           lower_a = normal_or_zero((__m512)(a << 16));
    __m512 upper_b = normal_or_zero((__m512)(b & 0xffff0000)),
           lower_b = normal_or_zero((__m512)(b << 16));
    sum = normal_or_zero(__builtin_elementwise_fma(upper_a, upper_b, normal_or_zero(sum)));
    return normal_or_zero(__builtin_elementwise_fma(lower_a, lower_b, sum));
}

// With it the bodies keep the compiler from joining two roundings. Here it may not join any.
#define __asm__(...)
#pragma STDC FP_CONTRACT OFF
