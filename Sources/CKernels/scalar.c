#include "elements.h"
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

ALWAYS_INLINE void matmul(ck_element element, const ck_matmul *m, size_t first, size_t end) {
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

ALWAYS_INLINE void rms_norm(ck_element element, const float *x, const float *weight, size_t count,
                            float epsilon, void *out) {
    float squares = 0;
    for (size_t i = 0; i < count; i++) {
        squares += x[i] * x[i];
    }
    float scale = 1.0f / sqrtf(squares / (float)count + epsilon);
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

ALWAYS_INLINE void narrow(ck_element element, const float *x, float scale, size_t count,
                          void *out) {
    for (size_t i = 0; i < count; i++) {
        ck_store(element, out, i, x[i] * scale);
    }
}

ALWAYS_INLINE float softmax(ck_element element, const float *x, size_t count, size_t padded_count,
                            float scale, void *out) {
    float maximum = x[0];
    for (size_t i = 1; i < count; i++) {
        maximum = x[i] > maximum ? x[i] : maximum;
    }
    float sum = 0;
    for (size_t i = 0; i < count; i++) {
        float weight = expf(scale * (x[i] - maximum));
        sum += weight;
        ck_store(element, out, i, weight);
    }
    for (size_t i = count; i < padded_count; i++) {
        ck_store(element, out, i, 0);
    }
    return 1.0f / sum;
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

CK_TABLE(ck_scalar_f32, f32, CK_ISA_SCALAR, CK_F32)
CK_TABLE(ck_scalar_bf16, bf16, CK_ISA_SCALAR, CK_BF16)
