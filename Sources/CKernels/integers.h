#pragma once

#include "elements.h"

// Encoded rows and whole-number panels: where things lie. See CKernels.h.

/// What follows the int8 numbers of an encoded row; the sums of the groups follow this.
typedef struct ck_row_header {
    float scale;
    int32_t sum;
} ck_row_header;

static inline size_t ck_whole_depth(size_t depth) {
    return (depth + CK_BLOCK - 1) / CK_BLOCK * CK_BLOCK;
}

static inline const ck_row_header *ck_header(const void *row, size_t padded_depth) {
    return (const ck_row_header *)((const char *)row + padded_depth);
}

static inline const int32_t *ck_group_sums(const void *row, size_t padded_depth) {
    return (const int32_t *)(ck_header(row, padded_depth) + 1);
}

/// Where the 16 scales of a panel lie, behind `steps` steps.
static inline const float *ck_panel_scales(ck_element element, const void *panel, size_t steps) {
    size_t bytes = element == CK_INT8 ? steps * CK_STEP_BYTES : steps / 8 * CK_GROUP_BYTES;
    return (const float *)((const char *)panel + bytes);
}

/// Mixes a block: the Walsh–Hadamard transform of 64 numbers, times 1/8, which makes it orthonormal
/// and its own inverse.
///
/// Applied to both sides of a product it changes nothing but the rounding: no single number
/// decides the scale of a row any more (Ashkboos et al., QuaRot, 2024). Sums and differences only,
/// so every instruction set gets the same bits.
static inline __attribute__((always_inline)) void ck_mix(float *block) {
    for (size_t half = 1; half < CK_BLOCK; half *= 2) {
        for (size_t start = 0; start < CK_BLOCK; start += 2 * half) {
            for (size_t i = start; i < start + half; i++) {
                float first = block[i], second = block[i + half];
                block[i] = first + second;
                block[i + half] = first - second;
            }
        }
    }
    for (size_t i = 0; i < CK_BLOCK; i++) {
        block[i] *= 0.125f;
    }
}

// IEEE 754 binary16, without the instructions for it. Finite numbers only.

static inline float ck_f16_to_f32(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
    if (exponent == 0) {
        float value = (float)fraction * 0x1p-24f;
        return sign ? -value : value;
    }
    uint32_t bits = sign | (exponent + 112) << 23 | fraction << 13;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/// Rounds to nearest even; |value| ≤ 65504.
static inline uint16_t ck_f32_to_f16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude < 0x38800000) {
        // Subnormal: let the f32 adder round at 2⁻²⁴.
        float absolute;
        memcpy(&absolute, &magnitude, sizeof absolute);
        absolute += 0.5f;
        memcpy(&magnitude, &absolute, sizeof magnitude);
        return (uint16_t)(sign | (magnitude - 0x3f000000));
    }
    magnitude += 0xfff + (magnitude >> 13 & 1) - (112u << 23);
    return (uint16_t)(sign | magnitude >> 13);
}
