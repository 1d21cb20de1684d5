#include "attention.h"
#include "table.h"

#include <math.h>

// The definition of every kernel, in the simplest loops. The other files are tested against it.

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE float dot(ck_element element, const char *row, const char *panel, size_t step_bytes,
                        size_t steps, size_t channel) {
    size_t per_step = ck_step_depth(element);
    float sum = 0;
    for (size_t step = 0; step < steps; step++) {
        for (size_t j = 0; j < per_step; j++) {
            sum += ck_load(element, row, step * per_step + j) *
                   ck_load(element, panel + step * step_bytes, channel * per_step + j);
        }
    }
    return sum;
}

ALWAYS_INLINE float silu(float x) { return x / (1.0f + expf(-x)); }

ALWAYS_INLINE void real_matmul(ck_element element, const ck_matmul *m, size_t first, size_t end) {
    size_t panel_stride = m->output == CK_SWIGLU ? 2 : 1;
    for (size_t row = 0; row < m->rows; row++) {
        const char *a = (const char *)m->a + row * m->a_row_bytes;
        char *c = (char *)m->c + row * m->c_row_bytes;
        float scale = m->row_scale ? m->row_scale[row] : 1.0f;
        for (size_t panel = first; panel < end; panel += panel_stride) {
            const char *b = (const char *)m->b + panel * m->b_panel_bytes;
            for (size_t channel = 0; channel < CK_PANEL; channel++) {
                size_t column = panel * CK_PANEL + channel;
                float sum = dot(element, a, b, m->b_step_bytes, m->steps, channel) * scale;
                if (m->bias) {
                    sum += m->bias[column];
                }
                switch (m->output) {
                case CK_STORE:
                    ((float *)c)[column] = sum;
                    break;
                case CK_ACCUMULATE:
                    ((float *)c)[column] += sum;
                    break;
                case CK_STORE_ELEMENT:
                    ck_store(element, c, column, sum);
                    break;
                case CK_SWIGLU: {
                    float up =
                        dot(element, a, b + m->b_panel_bytes, m->b_step_bytes, m->steps, channel) *
                        scale;
                    if (m->bias) {
                        up += m->bias[column + CK_PANEL];
                    }
                    ck_store(element, c, panel / 2 * CK_PANEL + channel, silu(sum) * up);
                    break;
                }
                }
            }
        }
    }
}

ALWAYS_INLINE float mean_square(const float *x, size_t count) {
    float squares = 0;
    for (size_t i = 0; i < count; i++) {
        squares += x[i] * x[i];
    }
    return squares / (float)count;
}

ALWAYS_INLINE void real_rms_norm(ck_element element, const float *x, const float *weight,
                                 size_t count, float epsilon, void *out) {
    float scale = ck_norm_scale(mean_square(x, count), epsilon);
    for (size_t i = 0; i < count; i++) {
        ck_store(element, out, i, x[i] * scale * weight[i]);
    }
}

static void rotate(float *x, const float *cosine, const float *sine, size_t half) {
    for (size_t i = 0; i < half; i++) {
        float first = x[i], second = x[i + half];
        x[i] = first * cosine[i] - second * sine[i];
        x[i + half] = second * cosine[i] + first * sine[i];
    }
}

ALWAYS_INLINE void real_narrow(ck_element element, const float *x, float scale, size_t count,
                               void *out) {
    for (size_t i = 0; i < count; i++) {
        ck_store(element, out, i, x[i] * scale);
    }
}

static size_t largest(const float *x, size_t count) {
    size_t best = 0;
    float maximum = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        if (x[i] > maximum) {
            maximum = x[i];
            best = i;
        }
    }
    return best;
}

ALWAYS_INLINE float int8_sum(const int8_t *a, const uint8_t *panel, size_t step_bytes, size_t steps,
                             size_t channel) {
    int32_t sum = -128 * ck_header(a, steps * 4)->sum;
    for (size_t k = 0; k < steps * 4; k++) {
        sum += panel[k / 4 * step_bytes + channel * 4 + k % 4] * a[k];
    }
    return (float)sum;
}

ALWAYS_INLINE float int4_sum(const int8_t *a, const uint8_t *panel, size_t steps, size_t channel) {
    const int32_t *group_sums = ck_group_sums(a, steps * 4);
    float total = 0;
    for (size_t group = 0; group < steps / 8; group++) {
        const uint8_t *block = panel + group * CK_GROUP_BYTES;
        int32_t sum = 0;
        for (size_t k = 0; k < CK_GROUP; k++) {
            uint8_t pair = block[k / 4 % 4 * CK_STEP_BYTES + channel * 4 + k % 4];
            sum += (k < 16 ? pair & 15 : pair >> 4) * a[group * CK_GROUP + k];
        }
        uint16_t scale, minimum;
        memcpy(&scale, block + 256 + channel * 2, sizeof scale);
        memcpy(&minimum, block + 288 + channel * 2, sizeof minimum);
        total = fmaf((float)sum, ck_f16_to_f32(scale), total);
        total = fmaf((float)group_sums[group], ck_f16_to_f32(minimum), total);
    }
    return total;
}

ALWAYS_INLINE float column_sum(ck_element element, const ck_matmul *m, size_t row, size_t panel,
                               size_t channel) {
    const int8_t *a = (const int8_t *)m->a + row * m->a_row_bytes;
    const uint8_t *b = (const uint8_t *)m->b + panel * m->b_panel_bytes;
    float sum = element == CK_INT8 ? int8_sum(a, b, m->b_step_bytes, m->steps, channel)
                                   : int4_sum(a, b, m->steps, channel);
    float scale = ck_header(a, m->steps * 4)->scale;
    if (!m->bare) {
        scale *= ck_panel_scales(element, b, m->steps)[channel];
    }
    sum *= scale;
    if (m->row_scale) {
        sum *= m->row_scale[row];
    }
    return m->bias ? sum + m->bias[panel * CK_PANEL + channel] : sum;
}

ALWAYS_INLINE void whole_matmul(ck_element element, const ck_matmul *m, size_t first, size_t end) {
    size_t panel_stride = m->output == CK_SWIGLU ? 2 : 1;
    for (size_t row = 0; row < m->rows; row++) {
        float *c = (float *)((char *)m->c + row * m->c_row_bytes);
        for (size_t panel = first; panel < end; panel += panel_stride) {
            for (size_t channel = 0; channel < CK_PANEL; channel++) {
                size_t column = panel * CK_PANEL + channel;
                float sum = column_sum(element, m, row, panel, channel);
                if (m->output == CK_ACCUMULATE) {
                    c[column] += sum;
                } else if (m->output == CK_SWIGLU) {
                    float up = column_sum(element, m, row, panel + 1, channel);
                    c[panel / 2 * CK_PANEL + channel] = silu(sum) * up;
                } else {
                    c[column] = sum;
                }
            }
        }
    }
}

static void int8_matmul(const ck_matmul *m, size_t first, size_t end) {
    whole_matmul(CK_INT8, m, first, end);
}

ALWAYS_INLINE void integer_matmul(ck_element element, const ck_matmul *m, size_t first,
                                  size_t end) {
    if (ck_widens(element, m)) {
        ck_widened_matmul(m, first, end, ck_widen_panel, int8_matmul);
    } else {
        whole_matmul(element, m, first, end);
    }
}

// One block of x · weight · scale, mixed for int8, with zeros behind the end.
ALWAYS_INLINE void block_of(ck_element element, const float *x, const float *weight, float scale,
                            size_t count, size_t first, float *block) {
    for (size_t i = 0; i < CK_BLOCK; i++) {
        size_t k = first + i;
        block[i] = k < count ? x[k] * scale * (weight ? weight[k] : 1.0f) : 0.0f;
    }
    if (element == CK_INT8) {
        ck_mix(block);
    }
}

// Encodes x[i] · weight[i] · scale; without a weight, x[i] · scale.
ALWAYS_INLINE void encode(ck_element element, const float *x, const float *weight, float scale,
                          size_t count, void *out) {
    size_t padded = ck_whole_depth(count);
    int8_t *numbers = (int8_t *)out;
    float block[CK_BLOCK];
    uint32_t magnitude = 0;
    for (size_t first = 0; first < padded; first += CK_BLOCK) {
        block_of(element, x, weight, scale, count, first, block);
        for (size_t i = 0; i < CK_BLOCK; i++) {
            uint32_t other = ck_magnitude(block[i]);
            magnitude = other > magnitude ? other : magnitude;
        }
    }
    if (!ck_is_number(magnitude)) {
        ck_spoil_row(numbers, padded, padded / CK_GROUP);
        return;
    }
    const float largest = ck_float(magnitude), inverse = ck_inverse(largest, 127.0f);
    for (size_t first = 0; first < padded; first += CK_BLOCK) {
        block_of(element, x, weight, scale, count, first, block);
        for (size_t i = 0; i < CK_BLOCK; i++) {
            numbers[first + i] = (int8_t)rintf(block[i] * inverse);
        }
    }
    ck_finish_row(numbers, padded, largest / 127.0f);
}

#include "integer_rows.h"

static float one_weight(float t) { return exp2f(t < CK_LEAST_POWER ? CK_LEAST_POWER : t); }

// The weights of a row of one block relative to the largest score so far, of which the block's is
// one. Returns what sums and results before it are to be multiplied by.
ALWAYS_INLINE float weigh(ck_element element, const float *scores, uint64_t visible, float scale,
                          float *largest, float *sum, void *out) {
    const float before = *largest, factor_of_two = scale * CK_LOG2_E;
    float maximum = before;
    for (size_t i = 0; i < CK_CACHE_BLOCK; i++) {
        if (visible >> i & 1 && factor_of_two * scores[i] > maximum) {
            maximum = factor_of_two * scores[i];
        }
    }
    float total = 0;
    for (size_t i = 0; i < CK_CACHE_BLOCK; i++) {
        const float weight = visible >> i & 1 ? one_weight(factor_of_two * scores[i] - maximum) : 0;
        total += weight;
        ck_store(element, out, i, weight);
    }
    const float factor = before == maximum ? 1 : one_weight(before - maximum);
    *largest = maximum;
    *sum = *sum * factor + total;
    return factor;
}

static void rescale(float *results, size_t width, float factor) {
    for (size_t i = 0; i < width; i++) {
        results[i] *= factor;
    }
}

static void blend(float *results, float factor, const float *others, float their_factor,
                  size_t width) {
    for (size_t i = 0; i < width; i++) {
        results[i] = results[i] * factor + others[i] * their_factor;
    }
}

#include "attention_block.h"
#include "attention_body.h"

ALWAYS_INLINE uint64_t real_peak(ck_element element, uint64_t rounds, float *sink) {
    float sums[16] = {0};
    for (uint64_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < 16; i++) {
            sums[i] += sink[i] * 0.5f;
        }
    }
    memcpy(sink, sums, sizeof sums);
    (void)element;
    return rounds * 16 * 2;
}

ALWAYS_INLINE uint64_t integer_peak(ck_element element, uint64_t rounds, float *sink) {
    (void)element;
    // Unsigned, because enough rounds overflow.
    uint32_t sums[16] = {0};
    int8_t factors[16];
    memcpy(factors, sink, sizeof factors);
    for (uint64_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < 16; i++) {
            sums[i] += (uint32_t)(factors[i] * (int8_t)round);
        }
    }
    for (size_t i = 0; i < 16; i++) {
        sink[i] = (float)sums[i];
    }
    return rounds * 16 * 2;
}

static uint64_t read_bytes(const void *bytes, size_t byte_count) {
    uint64_t sums[4] = {0};
    for (size_t i = 0; i < byte_count; i += sizeof sums) {
        uint64_t words[4];
        memcpy(words, (const char *)bytes + i, sizeof words);
        for (size_t j = 0; j < 4; j++) {
            sums[j] ^= words[j];
        }
    }
    return sums[0] ^ sums[1] ^ sums[2] ^ sums[3];
}

CK_TABLE(ck_scalar_f32, f32, CK_ISA_SCALAR, CK_F32, real, real_matmul, real_peak)
CK_TABLE(ck_scalar_bf16, bf16, CK_ISA_SCALAR, CK_BF16, real, real_matmul, real_peak)
CK_TABLE(ck_scalar_int8, int8, CK_ISA_SCALAR, CK_INT8, integer, integer_matmul, integer_peak)
CK_TABLE(ck_scalar_int4, int4, CK_ISA_SCALAR, CK_INT4, integer, integer_matmul, integer_peak)
