#pragma once

#include "CKernels.h"

#include <float.h>
#include <string.h>

// Numbers of the two element types, one at a time; the rounding every kernel must reproduce.

static inline float ck_bf16_to_f32(uint16_t value) {
    uint32_t bits = (uint32_t)value << 16;
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/// Rounds to nearest even; a NaN stays a (quiet) NaN.
static inline uint16_t ck_f32_to_bf16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return (uint16_t)((bits >> 16) | 0x40u);
    }
    return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

static inline size_t ck_size(ck_element element) { return element == CK_F32 ? 4 : 2; }

// Panels and rows are bytes: a line of a panel is read as f32 here, as pairs of bf16 or as a vector
// there. Copies may do that, pointers of those types may not.

static inline float ck_load(ck_element element, const void *base, size_t index) {
    const char *bytes = (const char *)base + index * ck_size(element);
    if (element == CK_F32) {
        float value;
        memcpy(&value, bytes, sizeof value);
        return value;
    }
    uint16_t half;
    memcpy(&half, bytes, sizeof half);
    return ck_bf16_to_f32(half);
}

static inline void ck_store(ck_element element, void *base, size_t index, float value) {
    char *bytes = (char *)base + index * ck_size(element);
    if (element == CK_F32) {
        memcpy(bytes, &value, sizeof value);
    } else {
        uint16_t half = ck_f32_to_bf16(value);
        memcpy(bytes, &half, sizeof half);
    }
}

/// What RMS norm multiplies a row by. Squares that overflow would make it zero, and a row of large
/// numbers one of zeros: none of it is a number then.
static inline float ck_norm_scale(float mean_square, float epsilon) {
    return mean_square <= FLT_MAX ? 1.0f / __builtin_sqrtf(mean_square + epsilon)
                                  : __builtin_nanf("");
}

/// Elements of one channel in one step.
static inline size_t ck_step_depth(ck_element element) { return element == CK_F32 ? 1 : 2; }

/// Steps that `depth` numbers of a channel fill; whole blocks of CK_BLOCK for whole numbers.
static inline size_t ck_steps(ck_element element, size_t depth) {
    switch (element) {
    case CK_F32:
        return depth;
    case CK_BF16:
        return (depth + 1) / 2;
    default:
        return (depth + CK_BLOCK - 1) / CK_BLOCK * (CK_BLOCK / 4);
    }
}
