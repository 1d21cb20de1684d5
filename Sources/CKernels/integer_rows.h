// How rows of activations meet whole-number weights: by the `encode`, `mean_square` and
// `real_softmax` of the file that includes this. Not guarded: every instruction set has its own.

static inline __attribute__((always_inline)) void
integer_rms_norm(ck_element element, const float *x, const float *weight, size_t count,
                 float epsilon, void *out) {
    float scale = ck_norm_scale(mean_square(x, count), epsilon);
    encode(element, x, weight, scale, count, out);
}

static inline __attribute__((always_inline)) void
integer_narrow(ck_element element, const float *x, float scale, size_t count, void *out) {
    encode(element, x, (const float *)0, scale, count, out);
}

// The weights of attention stay f32.
static inline __attribute__((always_inline)) float integer_softmax(ck_element element,
                                                                   const float *x, size_t count,
                                                                   size_t padded_count, float scale,
                                                                   void *out) {
    (void)element;
    return real_softmax(CK_F32, x, count, padded_count, scale, out);
}

/// The largest attention weight in 14 bits: 127 · 128.
#define LARGEST_SPLIT 16256.0f

static void integer_split(const float *x, const float *scales, size_t count, size_t padded_count,
                          void *out, size_t row_bytes) {
// One rounding for each operation, whatever the instruction set.
#pragma STDC FP_CONTRACT OFF
    int8_t *upper = (int8_t *)out, *lower = upper + row_bytes;
    uint32_t magnitude = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t other = ck_magnitude(x[i] * scales[i]);
        magnitude = other > magnitude ? other : magnitude;
    }
    if (!ck_is_number(magnitude)) {
        ck_spoil_row(upper, padded_count, 0);
        ck_spoil_row(lower, padded_count, 0);
        return;
    }
    const float largest = ck_float(magnitude), inverse = ck_inverse(largest, LARGEST_SPLIT);
    int32_t upper_sum = 0, lower_sum = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t number = (int32_t)(x[i] * scales[i] * inverse + 0.5f);
        upper[i] = (int8_t)(number >> 7);
        lower[i] = (int8_t)(number & 127);
        upper_sum += number >> 7;
        lower_sum += number & 127;
    }
    memset(upper + count, 0, padded_count - count);
    memset(lower + count, 0, padded_count - count);
    ck_row_header *header = (ck_row_header *)(upper + padded_count);
    header->scale = largest / 127.0f;
    header->sum = upper_sum;
    header = (ck_row_header *)(lower + padded_count);
    header->scale = largest / LARGEST_SPLIT;
    header->sum = lower_sum;
}
