#include "layout.h"
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

void ck_store_key(ck_element element, const float *key, size_t depth, void *panel, size_t channel) {
    if (element == CK_INT8) {
        ck_store_int8_key(key, depth, panel, channel);
        return;
    }
    size_t per_step = ck_step_depth(element);
    for (size_t k = 0; k < depth; k++) {
        size_t index = ((k / per_step) * CK_PANEL + channel) * per_step + k % per_step;
        ck_store(element, panel, index, key[k]);
    }
}

float ck_store_value(ck_element element, const float *value, size_t depth, void *cache,
                     size_t step_bytes, size_t position) {
    if (element == CK_INT8) {
        return ck_store_int8_value(value, depth, cache, step_bytes, position);
    }
    size_t per_step = ck_step_depth(element);
    char *step = (char *)cache + position / per_step * step_bytes;
    size_t lane = position % per_step;
    for (size_t k = 0; k < depth; k++) {
        ck_store(element, step, k * per_step + lane, value[k]);
    }
    return 1;
}
