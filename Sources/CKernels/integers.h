#pragma once

#include "elements.h"
#include "schedule.h"

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

// The magnitude of a float is its bits without the sign. Magnitudes have the order of the numbers,
// above them is infinity, and above that are the NaNs: the largest of a row tells whether all of it
// can be rounded.

static inline uint32_t ck_magnitude(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & 0x7fffffff;
}

static inline float ck_float(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline bool ck_is_number(uint32_t magnitude) { return magnitude < 0x7f800000; }

/// What the numbers of a row are multiplied by for the largest one to become `steps`, at most 2¹⁴;
/// 0 where it is so small that the quotient could overflow.
static inline float ck_inverse(float largest, float steps) {
    return largest > 0x1p-110f ? steps / largest : 0.0f;
}

/// The scale of a row that has an infinity or a NaN: no product with it is a number then.
static inline float ck_no_scale(void) { return __builtin_nanf(""); }

/// Writes an encoded row of a row that has an infinity or a NaN.
static inline void ck_spoil_row(int8_t *numbers, size_t padded_depth, size_t group_count) {
    memset(numbers, 0, padded_depth + sizeof(ck_row_header) + group_count * sizeof(int32_t));
    ((ck_row_header *)(numbers + padded_depth))->scale = ck_no_scale();
}

/// Writes scale and sums behind the numbers of an encoded row.
static inline void ck_finish_row(int8_t *numbers, size_t padded_depth, float scale) {
    ck_row_header *header = (ck_row_header *)(numbers + padded_depth);
    int32_t *group_sums = (int32_t *)(header + 1);
    header->scale = scale;
    header->sum = 0;
    for (size_t group = 0; group < padded_depth / CK_GROUP; group++) {
        group_sums[group] = 0;
        for (size_t i = 0; i < CK_GROUP; i++) {
            group_sums[group] += numbers[group * CK_GROUP + i];
        }
        header->sum += group_sums[group];
    }
}

/// Where the 16 scales of a panel lie, behind `steps` steps.
static inline const float *ck_panel_scales(ck_element element, const void *panel, size_t steps) {
    size_t bytes = element == CK_INT8 ? steps * CK_STEP_BYTES : steps / 8 * CK_GROUP_BYTES;
    return (const float *)((const char *)panel + bytes);
}

/// Widens one int4 panel of `steps` steps into an int8 panel, as CKernels.h says.
///
/// With `limit` the largest |s · n + m| of a channel, n = 0 or 15, a number becomes
/// 128 + (s · n + m) · 126 / limit in fixed point with 8 bits behind the point: s and m are rounded
/// there, the result is rounded down after adding a half, and 16 bits hold all of it.
void ck_widen_panel(const void *panel, size_t steps, void *wide);

/// Products of int4 weights by way of int8 panels, CK_WIDE_PANELS at a time.
static inline __attribute__((always_inline)) void
ck_widened_matmul(const ck_matmul *m, size_t first, size_t end,
                  void (*widen)(const void *panel, size_t steps, void *wide),
                  void (*matmul)(const ck_matmul *m, size_t first, size_t end)) {
    const size_t wide_bytes = m->steps * CK_STEP_BYTES + CK_SCALE_BYTES;
    char *wide_panels = (char *)ck_scratch_at(m->scratch).whole_panels;
    for (size_t panel = first; panel < end; panel += CK_WIDE_PANELS) {
        size_t panels = end - panel < CK_WIDE_PANELS ? end - panel : CK_WIDE_PANELS;
        for (size_t i = 0; i < panels; i++) {
            widen((const char *)m->b + (panel + i) * m->b_panel_bytes, m->steps,
                  wide_panels + i * wide_bytes);
        }
        ck_matmul wide = *m;
        size_t column = (m->output == CK_SWIGLU ? panel / 2 : panel) * CK_PANEL;
        wide.b = wide_panels;
        wide.b_panel_bytes = wide_bytes;
        wide.c = (float *)m->c + column;
        wide.bias = m->bias ? m->bias + panel * CK_PANEL : (const float *)0;
        matmul(&wide, 0, panels);
    }
}

static inline bool ck_widens(ck_element element, const ck_matmul *m) {
    return element == CK_INT4 && m->widen;
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
