#include "layout.h"
#include "attention.h"
#include "elements.h"

void ck_pack_panel(ck_element element, ck_fit fit, const float *rows, size_t row_count,
                   size_t row_stride, size_t depth, size_t steps, void *panel) {
    if (element == CK_INT8) {
        ck_pack_int8(rows, row_count, row_stride, depth, panel);
        return;
    }
    if (element == CK_INT4) {
        ck_pack_int4(fit, rows, row_count, row_stride, depth, panel);
        return;
    }
    size_t per_step = ck_step_depth(element);
    for (size_t step = 0; step < steps; step++) {
        for (size_t channel = 0; channel < CK_PANEL; channel++) {
            for (size_t j = 0; j < per_step; j++) {
                size_t k = step * per_step + j;
                float value =
                    channel < row_count && k < depth ? rows[channel * row_stride + k] : 0.0f;
                ck_store(element, panel, (step * CK_PANEL + channel) * per_step + j, value);
            }
        }
    }
}

void ck_unpack_channel(ck_element element, const void *panel, size_t channel, size_t depth,
                       float *out) {
    if (element == CK_INT8 || element == CK_INT4) {
        ck_unpack_whole(element, panel, channel, depth, out);
        return;
    }
    size_t per_step = ck_step_depth(element);
    for (size_t k = 0; k < depth; k++) {
        size_t index = ((k / per_step) * CK_PANEL + channel) * per_step + k % per_step;
        out[k] = ck_load(element, panel, index);
    }
}

// Keys and values are rounded this many at a time, side by side, which the compiler makes vectors
// of; then they go their ways.
enum { ROUNDED = 64 };

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE void store_key(ck_element element, const float *key, size_t depth, char *line) {
    const size_t per_step = ck_step_depth(element);
    for (size_t first = 0; first < depth; first += ROUNDED) {
        size_t count = depth - first < ROUNDED ? depth - first : ROUNDED;
        // Steps of 4 bytes; what the last one of an odd depth lacks is 0.
        uint32_t steps[ROUNDED];
        steps[(count - 1) / per_step] = 0;
        for (size_t i = 0; i < count; i++) {
            ck_store(element, steps, i, key[first + i]);
        }
        for (size_t i = 0; i * per_step < count; i++) {
            memcpy(line, &steps[i], 4);
            line += CK_STEP_BYTES;
        }
    }
}

void ck_store_key(ck_element element, const float *key, size_t depth, void *panel, size_t channel) {
    char *line = (char *)panel + channel * 4;
    if (element == CK_F32) {
        store_key(CK_F32, key, depth, line);
    } else if (element == CK_BF16) {
        store_key(CK_BF16, key, depth, line);
    } else {
        ck_store_int8_key(key, depth, panel, channel);
    }
}

ALWAYS_INLINE void store_value(ck_element element, const float *value, size_t depth, char *lane) {
    const size_t size = ck_size(element);
    for (size_t first = 0; first < depth; first += ROUNDED) {
        size_t count = depth - first < ROUNDED ? depth - first : ROUNDED;
        uint32_t numbers[ROUNDED];
        for (size_t i = 0; i < count; i++) {
            ck_store(element, numbers, i, value[first + i]);
        }
        for (size_t i = 0; i < count; i++) {
            memcpy(lane, (char *)numbers + i * size, size);
            lane += ck_step_depth(element) * size;
        }
    }
}

float ck_store_value(ck_element element, const float *value, size_t depth, void *cache,
                     size_t step_bytes, size_t position, bool is_last) {
    char *lane = (char *)cache + position / ck_step_depth(element) * step_bytes;
    if (element == CK_F32) {
        store_value(CK_F32, value, depth, lane);
    } else if (element == CK_BF16) {
        store_value(CK_BF16, value, depth, lane + position % 2 * ck_size(CK_BF16));
        if (is_last && position % 2 == 0) {
            for (size_t i = 0; i < depth; i++) {
                memset(lane + (2 * i + 1) * ck_size(CK_BF16), 0, ck_size(CK_BF16));
            }
        }
    } else {
        return ck_store_int8_value(value, depth, cache, step_bytes, position);
    }
    return 1;
}

size_t ck_block_values(ck_element element, size_t depth) {
    return CK_CACHE_BLOCK / CK_PANEL * ck_panel_bytes(element, depth);
}

size_t ck_block_scales(ck_element element, size_t depth) {
    const size_t panels = (depth + CK_PANEL - 1) / CK_PANEL;
    return ck_block_values(element, depth) +
           ck_steps(element, CK_CACHE_BLOCK) * panels * CK_STEP_BYTES;
}

size_t ck_block_bytes(ck_element element, size_t depth) {
    return ck_block_scales(element, depth) +
           (element == CK_INT8 ? CK_CACHE_BLOCK * sizeof(float) : 0);
}

size_t ck_attention_scratch_bytes(size_t depth) {
    const size_t width = ck_padded_head(depth);
    const size_t floats =
        CK_ATTENTION_ROWS * (CK_CACHE_BLOCK + 2 * width + 2) + CK_CACHE_BLOCK * width;
    return CK_ATTENTION_ROWS * CK_SPLIT_BYTES + floats * sizeof(float);
}
