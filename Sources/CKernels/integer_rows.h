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
