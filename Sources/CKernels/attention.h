#pragma once

#include "integers.h"

// What attention over blocks of the cache shares between instruction sets; attention_body.h has the
// walk.

#define CK_LOG2_E 1.44269504088896341f

/// Weights are at least 2 to this: next to nothing beside 1, also 2¹⁷ times, but so that no product
/// with them is subnormal, which would cost a hundred cycles.
#define CK_LEAST_POWER (-60.0f)

/// Scores, and weights, of the rows of a tile are this many bytes apart.
#define CK_SCORE_BYTES (CK_CACHE_BLOCK * sizeof(float))
/// Bytes of a row of weights in two encoded parts.
#define CK_SPLIT_BYTES ((size_t)256)

static inline size_t ck_padded_head(size_t depth) {
    return (depth + CK_PANEL - 1) / CK_PANEL * CK_PANEL;
}

/// What lies in the scratch of attention, in this order.
typedef struct ck_attention_scratch {
    /// (CK_ATTENTION_ROWS, CK_CACHE_BLOCK) f32.
    float *_Nonnull scores;
    /// (CK_ATTENTION_ROWS, CK_SPLIT_BYTES) rows as they meet values.
    char *_Nonnull weights;
    /// (CK_ATTENTION_ROWS, padded head) f32: widened queries.
    float *_Nonnull queries;
    /// A block's keys or values, widened to f32.
    float *_Nonnull panels;
    /// The state of a span.
    ck_attention_state state;
} ck_attention_scratch;

static inline ck_attention_scratch ck_attention_scratch_at(void *_Nonnull base, size_t depth) {
    const size_t width = ck_padded_head(depth);
    float *floats = (float *)base;
    ck_attention_scratch scratch;
    scratch.scores = floats;
    floats += CK_ATTENTION_ROWS * CK_CACHE_BLOCK;
    scratch.weights = (char *)floats;
    floats += CK_ATTENTION_ROWS * CK_SPLIT_BYTES / sizeof(float);
    scratch.queries = floats;
    floats += CK_ATTENTION_ROWS * width;
    scratch.panels = floats;
    floats += CK_CACHE_BLOCK * width;
    scratch.state.largest = floats;
    floats += CK_ATTENTION_ROWS;
    scratch.state.sums = floats;
    floats += CK_ATTENTION_ROWS;
    scratch.state.results = floats;
    scratch.state.result_width = width;
    return scratch;
}

/// Which positions of a block a row sees, one bit for each.
static inline uint64_t ck_visible(const ck_attention *_Nonnull t, size_t row, size_t block) {
    const size_t first = block * CK_CACHE_BLOCK;
    const size_t end = t->visible[row];
    if (end <= first) {
        return 0;
    }
    uint64_t bits =
        end - first >= CK_CACHE_BLOCK ? ~(uint64_t)0 : ((uint64_t)1 << (end - first)) - 1;
    if (t->own && first + CK_CACHE_BLOCK > t->own_first) {
        // Bit 0 of `own` stands for position own_first.
        if (first >= t->own_first) {
            const size_t past = first - t->own_first;
            bits &= past < 64 ? t->own[row] >> past : 0;
        } else {
            const size_t ahead = t->own_first - first;
            bits &= t->own[row] << ahead | (((uint64_t)1 << ahead) - 1);
        }
    }
    return bits;
}

/// The same of all rows; returns what any of them sees.
static inline uint64_t ck_all_visible(const ck_attention *_Nonnull t, size_t block,
                                      uint64_t *_Nonnull visible) {
    uint64_t seen = 0;
    for (size_t row = 0; row < t->rows; row++) {
        visible[row] = ck_visible(t, row, block);
        seen |= visible[row];
    }
    return seen;
}

/// Rows of a tile up to which it waits for memory, and asks for the next block in time.
#define CK_AHEAD_ROWS 4

/// How far the next block is from one, in bytes; 0 where nobody should ask for it: there are many
/// rows, there is none, or not all of it is seen.
static inline ptrdiff_t ck_ahead(const ck_attention *_Nonnull t, size_t block) {
    if (t->rows > 2 * CK_AHEAD_ROWS || block + 1 == t->end_block ||
        t->visible[0] < (block + 2) * CK_CACHE_BLOCK) {
        return 0;
    }
    return ((ptrdiff_t)t->blocks[block + 1] - (ptrdiff_t)t->blocks[block]) *
           (ptrdiff_t)t->block_bytes;
}

/// The largest attention weight in 14 bits: 127 · 128.
#define CK_LARGEST_SPLIT 16256.0f

/// How the weights of a row of one block of an int8 cache become whole numbers: weight · scale of
/// its value, in steps that the largest scale of the positions it sees has 16,256 of.
typedef struct ck_value_steps {
    /// What a weight times its scale is multiplied by; a NaN where one of the scales is none.
    float inverse;
    /// The size of a step.
    float step;
} ck_value_steps;

static inline ck_value_steps ck_value_steps_of(const float *_Nonnull scales, uint64_t visible) {
    uint32_t largest = 0;
    for (size_t i = 0; i < CK_CACHE_BLOCK; i++) {
        const uint32_t magnitude = visible >> i & 1 ? ck_magnitude(scales[i]) : 0;
        largest = magnitude > largest ? magnitude : largest;
    }
    if (!ck_is_number(largest)) {
        return (ck_value_steps){ck_no_scale(), ck_no_scale()};
    }
    return (ck_value_steps){ck_inverse(ck_float(largest), CK_LARGEST_SPLIT),
                            ck_float(largest) / CK_LARGEST_SPLIT};
}

/// Weights of the visible positions of a block as two encoded rows without group sums, the upper
/// and the lower 7 bits, half of CK_SPLIT_BYTES apart. Weights are at most 1; what a NaN among them
/// becomes is of no account, as the sum of the weights is one too.
static inline void ck_split(const float *_Nonnull weights, const float *_Nonnull scales,
                            ck_value_steps steps, uint64_t visible, void *_Nonnull out) {
// One rounding for each operation, whatever the instruction set.
#pragma STDC FP_CONTRACT OFF
    int8_t *upper = (int8_t *)out, *lower = upper + CK_SPLIT_BYTES / 2;
    int32_t upper_sum = 0, lower_sum = 0;
    for (size_t i = 0; i < CK_CACHE_BLOCK; i++) {
        const float scaled = visible >> i & 1 ? weights[i] * (scales[i] * steps.inverse) : 0.0f;
        // A little more than the largest by rounding, or a NaN.
        const int32_t number =
            scaled <= CK_LARGEST_SPLIT + 0.5f ? (int32_t)__builtin_rintf(scaled) : 0;
        upper[i] = (int8_t)(number >> 7);
        lower[i] = (int8_t)(number & 127);
        upper_sum += number >> 7;
        lower_sum += number & 127;
    }
    ck_row_header *header = (ck_row_header *)(upper + CK_CACHE_BLOCK);
    header->scale = steps.step * 128.0f;
    header->sum = upper_sum;
    header = (ck_row_header *)(lower + CK_CACHE_BLOCK);
    header->scale = steps.step;
    header->sum = lower_sum;
}
