#include "integers.h"
#include "layout.h"

#include <float.h>
#include <math.h>

// Packing of whole-number weights; portable, and the same bytes on every machine.
#pragma STDC FP_CONTRACT OFF

size_t ck_row_bytes(ck_element element, size_t depth) {
    if (element == CK_F32 || element == CK_BF16) {
        return (depth * ck_size(element) + 63) / 64 * 64;
    }
    size_t padded = ck_whole_depth(depth);
    size_t bytes = padded + sizeof(ck_row_header) + padded / CK_GROUP * sizeof(int32_t);
    return (bytes + 63) / 64 * 64;
}

size_t ck_panel_bytes(ck_element element, size_t depth) {
    switch (element) {
    case CK_F32:
        return depth * CK_STEP_BYTES;
    case CK_BF16:
        return (depth + 1) / 2 * CK_STEP_BYTES;
    case CK_INT8:
        return ck_whole_depth(depth) / 4 * CK_STEP_BYTES + CK_SCALE_BYTES;
    case CK_INT4:
        return ck_whole_depth(depth) / CK_GROUP * CK_GROUP_BYTES + CK_SCALE_BYTES;
    }
    return 0;
}

// `count` numbers of a row from `first` on, with zeros behind its end.
static void copy_numbers(const float *row, size_t depth, size_t first, size_t count, float *w) {
    size_t present = first >= depth ? 0 : depth - first < count ? depth - first : count;
    if (present > 0) {
        memcpy(w, row + first, present * sizeof *w);
    }
    memset(w + present, 0, (count - present) * sizeof *w);
}

// The largest magnitude of some numbers, and of `before`.
static uint32_t largest_magnitude(const float *x, size_t count, uint32_t before) {
    for (size_t i = 0; i < count; i++) {
        uint32_t magnitude = ck_magnitude(x[i]);
        before = magnitude > before ? magnitude : before;
    }
    return before;
}

// The byte of an int8 number in a panel. Positive after adding 128.5, so that truncation rounds;
// |x| < 127.5.
static uint8_t byte_of(float x) { return (uint8_t)(int32_t)(x + 128.5f); }

// Rounds one row into a channel of a panel whose bytes are 128 where nothing was written.
static void store_channel(const float *row, size_t depth, uint8_t *bytes, size_t channel) {
    size_t padded = ck_whole_depth(depth);
    float w[CK_BLOCK];
    uint32_t magnitude = 0;
    for (size_t first = 0; first < padded; first += CK_BLOCK) {
        copy_numbers(row, depth, first, CK_BLOCK, w);
        ck_mix(w);
        magnitude = largest_magnitude(w, CK_BLOCK, magnitude);
    }
    const bool is_sound = ck_is_number(magnitude);
    const float largest = ck_float(magnitude), inverse = ck_inverse(largest, 127.0f);
    ck_store(CK_F32, bytes + padded * CK_PANEL, channel,
             is_sound ? largest / 127.0f : ck_no_scale());
    for (size_t first = 0; first < padded; first += CK_BLOCK) {
        copy_numbers(row, depth, first, CK_BLOCK, w);
        ck_mix(w);
        for (size_t k = 0; k < CK_BLOCK; k++) {
            size_t line = (first + k) / 4;
            bytes[line * CK_STEP_BYTES + channel * 4 + k % 4] =
                byte_of(is_sound ? w[k] * inverse : 0.0f);
        }
    }
}

void ck_pack_int8(const float *rows, size_t row_count, size_t row_stride, size_t depth,
                  void *panel) {
    size_t padded = ck_whole_depth(depth);
    memset(panel, 128, padded * CK_PANEL);
    memset((uint8_t *)panel + padded * CK_PANEL, 0, CK_SCALE_BYTES);
    for (size_t channel = 0; channel < row_count && channel < CK_PANEL; channel++) {
        store_channel(rows + channel * row_stride, depth, (uint8_t *)panel, channel);
    }
}

void ck_store_int8_key(const float *key, size_t depth, void *panel, size_t channel) {
    store_channel(key, depth, (uint8_t *)panel, channel);
}

float ck_store_int8_value(const float *value, size_t depth, void *cache, size_t step_bytes,
                          size_t position) {
    const uint32_t magnitude = largest_magnitude(value, depth, 0);
    const bool is_sound = ck_is_number(magnitude);
    const float largest = ck_float(magnitude), inverse = ck_inverse(largest, 127.0f);
    uint8_t *bytes = (uint8_t *)cache + position / 4 * step_bytes + position % 4;
    for (size_t k = 0; k < depth; k++) {
        bytes[k * 4] = byte_of(is_sound ? value[k] * inverse : 0.0f);
    }
    return is_sound ? largest / 127.0f : ck_no_scale();
}

/// One group of one channel: w ≈ scale · n + minimum, n in 0 … 15.
typedef struct group_fit {
    float scale;
    float minimum;
} group_fit;

// Scale and minimum of one channel as a group of a panel holds them.
static group_fit fit_held(const uint8_t *block, size_t channel) {
    uint16_t scale, minimum;
    memcpy(&scale, block + 256 + channel * 2, sizeof scale);
    memcpy(&minimum, block + 288 + channel * 2, sizeof minimum);
    return (group_fit){ck_f16_to_f32(scale), ck_f16_to_f32(minimum)};
}

/// What a least-squares fit of one group needs: error and sums over its numbers.
typedef struct group_sums {
    float error, n, nn, w, nw;
} group_sums;

#define LANES 8

// The whole number nearest to x, kept in 0 … 15; 0 for a NaN, which a scale of 0 makes.
static inline float nibble_of(float x) {
    x = x > 0.0f ? x : 0.0f;
    x = x < 15.0f ? x : 15.0f;
    return (float)(int32_t)(x + 0.5f);
}

static inline float total(const float *lanes) {
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
           ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

// Sums in eight lanes: the compiler makes vectors of them, and the order is the same everywhere.
static group_sums sums_of(const float *w, group_fit fit) {
    float error[LANES] = {0}, n[LANES] = {0}, nn[LANES] = {0}, sw[LANES] = {0}, nw[LANES] = {0};
    const float inverse = 1.0f / fit.scale;
    for (size_t i = 0; i < CK_GROUP; i += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
            float value = w[i + lane];
            float q = nibble_of((value - fit.minimum) * inverse);
            float difference = fit.scale * q + fit.minimum - value;
            error[lane] += difference * difference;
            n[lane] += q;
            nn[lane] += q * q;
            sw[lane] += value;
            nw[lane] += q * value;
        }
    }
    return (group_sums){total(error), total(n), total(nn), total(sw), total(nw)};
}

// Numbers that were quantised to 4 bits before lie on a grid already, of which 32 need not use all
// levels: the finest that has all of them, or a scale of 0. Most other groups end at their first
// numbers, so that looking costs next to nothing; a few numbers, as behind the end of a row, lie on
// some grid by chance.
static group_fit grid_of(const float *w, float low, float high) {
    // Of a step: room for what bf16 rounds off.
    const float tolerance = 0.05f;
    const float range = high - low;
    if (!(range > 0x1p-100f && range <= FLT_MAX)) {
        return (group_fit){0, 0};
    }
    size_t numbers = 0;
    for (size_t i = 0; i < CK_GROUP; i++) {
        numbers += w[i] != 0;
    }
    for (int steps = numbers < 8 ? 0 : 15; steps > 0; steps--) {
        const float inverse = (float)steps / range;
        size_t i = 0;
        while (i < CK_GROUP) {
            float level = (w[i] - low) * inverse;
            float off = level - (float)(int32_t)(level + 0.5f);
            if (!(off < tolerance && off > -tolerance)) {
                break;
            }
            i++;
        }
        if (i == CK_GROUP) {
            // Levels that are not used lie on both sides of 0, so that none is far out.
            const float scale = range / (float)steps;
            float below = (float)(int32_t)(8.0f + low / scale);
            below = below > 0 ? below : 0;
            below = below < (float)(15 - steps) ? below : (float)(15 - steps);
            return (group_fit){scale, low - below * scale};
        }
    }
    return (group_fit){0, 0};
}

// Starts from a grid that the numbers lie on, or else from the range of the group, and lets least
// squares move scale and minimum for the whole numbers found so far, keeping the best of a few
// narrower ranges: outliers then cost less than the coarse steps they would force on all others.
static group_fit fit_group(const float *w, ck_fit how) {
    float low = 0, high = 0;
    for (size_t i = 0; i < CK_GROUP; i++) {
        low = w[i] < low ? w[i] : low;
        high = w[i] > high ? w[i] : high;
    }
    group_fit best = {0, 0};
    if (!(high > low)) {
        return best;
    }
    if (how == CK_FIT_RANGE) {
        return (group_fit){(high - low) / 15.0f, low};
    }
    const float shares[] = {1.0f, 0.95f, 0.9f, 0.85f, 0.8f};
    const group_fit grid = grid_of(w, low, high);
    const size_t tries = grid.scale > 0 ? 1 : sizeof shares / sizeof *shares;
    float least = INFINITY;
    for (size_t share = 0; share < tries; share++) {
        float range = (high - low) * shares[share];
        group_fit fit = {range / 15.0f, 0.5f * (high + low) - 0.5f * range};
        fit = grid.scale > 0 ? grid : fit;
        group_sums sums = sums_of(w, fit);
        float determinant = (float)CK_GROUP * sums.nn - sums.n * sums.n;
        if (determinant > 0) {
            group_fit moved;
            moved.scale = ((float)CK_GROUP * sums.nw - sums.n * sums.w) / determinant;
            moved.minimum = (sums.w - moved.scale * sums.n) / (float)CK_GROUP;
            if (moved.scale > 0) {
                fit = moved;
                sums = sums_of(w, fit);
            }
        }
        if (sums.error < least) {
            least = sums.error;
            best = fit;
        }
    }
    return best;
}

/// Groups of one channel that are fitted before their scales are known together.
#define FIT_CAPACITY 2048

// Writes the nibbles of one group against the scale and minimum as they are stored.
static void store_group(const float *w, group_fit fit, float channel_scale, size_t channel,
                        uint8_t *block) {
    uint16_t scale = ck_f32_to_f16(fit.scale / channel_scale);
    uint16_t minimum = ck_f32_to_f16(fit.minimum / channel_scale);
    memcpy(block + 256 + channel * 2, &scale, sizeof scale);
    memcpy(block + 288 + channel * 2, &minimum, sizeof minimum);
    float step = ck_f16_to_f32(scale) * channel_scale;
    float low = ck_f16_to_f32(minimum) * channel_scale;
    float inverse = step > 0 ? 1.0f / step : 0.0f;
    for (size_t k = 0; k < CK_GROUP; k++) {
        uint8_t nibble = (uint8_t)nibble_of((w[k] - low) * inverse);
        size_t line = k / 4 % 4, high = k / 16;
        block[line * CK_STEP_BYTES + channel * 4 + k % 4] |= (uint8_t)(nibble << (high * 4));
    }
}

void ck_pack_int4(ck_fit how, const float *rows, size_t row_count, size_t row_stride, size_t depth,
                  void *panel) {
    size_t groups = ck_whole_depth(depth) / CK_GROUP;
    uint8_t *bytes = (uint8_t *)panel;
    uint8_t *scales = bytes + groups * CK_GROUP_BYTES;
    memset(panel, 0, groups * CK_GROUP_BYTES + CK_SCALE_BYTES);
    for (size_t channel = 0; channel < row_count && channel < CK_PANEL; channel++) {
        const float *row = rows + channel * row_stride;
        if (!ck_is_number(largest_magnitude(row, depth, 0))) {
            ck_store(CK_F32, scales, channel, ck_no_scale());
            continue;
        }
        // The channel's scale is the largest of its groups', so that f16 holds their ratios well;
        // in rows of more groups than are kept, the largest of the first ones.
        group_fit fits[FIT_CAPACITY];
        float largest = 0;
        for (size_t group = 0; group < groups && group < FIT_CAPACITY; group++) {
            float w[CK_GROUP];
            copy_numbers(row, depth, group * CK_GROUP, CK_GROUP, w);
            fits[group] = fit_group(w, how);
            largest = fmaxf(largest, fits[group].scale);
        }
        ck_store(CK_F32, scales, channel, largest);
        if (!(largest > 0)) {
            continue;
        }
        for (size_t group = 0; group < groups; group++) {
            float w[CK_GROUP];
            copy_numbers(row, depth, group * CK_GROUP, CK_GROUP, w);
            group_fit fit = group < FIT_CAPACITY ? fits[group] : fit_group(w, how);
            store_group(w, fit, largest, channel, bytes + group * CK_GROUP_BYTES);
        }
    }
}

size_t ck_scratch_bytes(ck_element element, size_t depth) {
    const size_t wide = element == CK_INT4 ? CK_WIDE_PANELS * ck_panel_bytes(CK_INT8, depth) : 0;
    return CK_SCRATCH_BYTES + wide;
}

void ck_widen_panel(const void *panel, size_t steps, void *wide) {
    const uint8_t *bytes = (const uint8_t *)panel;
    uint8_t *out = (uint8_t *)wide;
    uint8_t *scales = out + steps * CK_STEP_BYTES;
    for (size_t channel = 0; channel < CK_PANEL; channel++) {
        float limit = 0;
        for (size_t group = 0; group < steps / 8; group++) {
            group_fit fit = fit_held(bytes + group * CK_GROUP_BYTES, channel);
            limit = fmaxf(limit, fmaxf(fabsf(fit.minimum), fabsf(15.0f * fit.scale + fit.minimum)));
        }
        float inverse = limit > 0 ? 126.0f * 256.0f / limit : 0.0f;
        float scale = ck_load(CK_F32, ck_panel_scales(CK_INT4, panel, steps), channel);
        ck_store(CK_F32, scales, channel, scale * (limit / 126.0f));
        for (size_t group = 0; group < steps / 8; group++) {
            const uint8_t *block = bytes + group * CK_GROUP_BYTES;
            group_fit fit = fit_held(block, channel);
            uint16_t scale = (uint16_t)(int32_t)rintf(fit.scale * inverse);
            uint16_t minimum = (uint16_t)((int32_t)rintf(fit.minimum * inverse) + 128 * 256 + 128);
            for (size_t k = 0; k < CK_GROUP; k++) {
                uint8_t pair = block[k / 4 % 4 * CK_STEP_BYTES + channel * 4 + k % 4];
                uint16_t n = k < 16 ? pair & 15 : pair >> 4;
                uint16_t number = (uint16_t)(n * scale + minimum);
                out[(group * 8 + k / 4) * CK_STEP_BYTES + channel * 4 + k % 4] =
                    (uint8_t)(number >> 8);
            }
        }
    }
}

// The number that a panel holds at (channel, k).
static float held(ck_element element, const void *panel, size_t steps, size_t channel, size_t k) {
    const uint8_t *bytes = (const uint8_t *)panel;
    float scale = ck_load(CK_F32, ck_panel_scales(element, panel, steps), channel);
    if (element == CK_INT8) {
        return scale * (float)(bytes[k / 4 * CK_STEP_BYTES + channel * 4 + k % 4] - 128);
    }
    const uint8_t *block = bytes + k / CK_GROUP * CK_GROUP_BYTES;
    size_t within = k % CK_GROUP;
    uint8_t pair = block[within / 4 % 4 * CK_STEP_BYTES + channel * 4 + within % 4];
    float n = (float)(within < 16 ? pair & 15 : pair >> 4);
    group_fit fit = fit_held(block, channel);
    return scale * (fit.scale * n + fit.minimum);
}

void ck_unpack_whole(ck_element element, const void *panel, size_t channel, size_t depth,
                     float *out) {
    size_t steps = ck_whole_depth(depth) / 4;
    for (size_t first = 0; first < depth; first += CK_BLOCK) {
        float w[CK_BLOCK];
        for (size_t k = 0; k < CK_BLOCK; k++) {
            w[k] = held(element, panel, steps, channel, first + k);
        }
        if (element == CK_INT8) {
            ck_mix(w);
        }
        size_t count = depth - first < CK_BLOCK ? depth - first : CK_BLOCK;
        memcpy(out + first, w, count * sizeof *w);
    }
}
