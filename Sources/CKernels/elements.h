#pragma once

#include "CKernels.h"

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

static inline float ck_load(ck_element element, const void *base, size_t index) {
    return element == CK_F32 ? ((const float *)base)[index]
                             : ck_bf16_to_f32(((const uint16_t *)base)[index]);
}

static inline void ck_store(ck_element element, void *base, size_t index, float value) {
    if (element == CK_F32) {
        ((float *)base)[index] = value;
    } else {
        ((uint16_t *)base)[index] = ck_f32_to_bf16(value);
    }
}

static inline size_t ck_size(ck_element element) { return element == CK_F32 ? 4 : 2; }

/// Elements of one channel in one step.
static inline size_t ck_step_depth(ck_element element) { return element == CK_F32 ? 1 : 2; }
