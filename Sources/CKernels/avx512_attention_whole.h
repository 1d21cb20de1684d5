// One block of attention to an int8 cache with AVX-512 VNNI: scores become weights, and weights
// whole numbers, in registers. Included after avx512_integers.h and avx512_attention.h, inside the
// target-attribute region.

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// The upper and the lower parts of 3 rows × 4 panels of sums.
#define VALUE_ROWS 3

/// A block, and what all rows share of it.
typedef struct whole_block {
    const char *keys;
    size_t key_panel_bytes;
    size_t key_steps;
    const char *values;
    size_t value_step_bytes;
    const float *scales;
    /// Of a row that sees all of the block, and the scales in its steps.
    ck_value_steps all;
    float all_in_steps[CK_CACHE_BLOCK];
    /// How far the next block is from it; 0 where there is none, or no hurry.
    ptrdiff_t ahead;
} whole_block;

/// What the rows of a tile bring from weights to values.
typedef struct row_numbers {
    /// What results so far are multiplied by.
    float factors[CK_ATTENTION_ROWS];
    /// The size of a step of a row's weights.
    float steps[CK_ATTENTION_ROWS];
} row_numbers;

// As ck_value_steps_of.
static __attribute__((noinline)) ck_value_steps steps_of_visible(const float *scales,
                                                                 uint64_t visible) {
    __m512i largest = _mm512_setzero_si512();
    for (size_t j = 0; j < 4; j++) {
        const __m512 v = _mm512_maskz_loadu_ps((__mmask16)(visible >> (16 * j)), scales + 16 * j);
        largest = _mm512_max_epu32(largest, _mm512_castps_si512(_mm512_abs_ps(v)));
    }
    const uint32_t magnitude = _mm512_reduce_max_epu32(largest);
    if (!ck_is_number(magnitude)) {
        return (ck_value_steps){ck_no_scale(), ck_no_scale()};
    }
    return (ck_value_steps){ck_inverse(ck_float(magnitude), CK_LARGEST_SPLIT),
                            ck_float(magnitude) / CK_LARGEST_SPLIT};
}

// The scales of a block in steps of which `inverse` make one. What lies behind the last position
// may be no number.
ALWAYS_INLINE void scales_in_steps(const float *scales, uint64_t visible, float inverse,
                                   float *out) {
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
        const __m512 each =
            _mm512_maskz_loadu_ps((__mmask16)(visible >> (16 * j)), scales + 16 * j);
        _mm512_storeu_ps(out + 16 * j, _mm512_mul_ps(each, _mm512_set1_ps(inverse)));
    }
}

// As ck_split, of weights in registers, which are 0 where nothing is seen.
ALWAYS_INLINE void split_weights(const __m512 *weights, const float *scales_in_steps,
                                 int8_t *upper) {
    __m512i n[4];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
        const __m512 each = _mm512_loadu_ps(scales_in_steps + 16 * j);
        n[j] = _mm512_cvtps_epi32(_mm512_mul_ps(weights[j], each));
    }
    // Packing works on quarters: words, then bytes of all four are put in order at the end.
    const __m512i first = _mm512_packs_epi32(n[0], n[1]), second = _mm512_packs_epi32(n[2], n[3]);
    const __m512i low = _mm512_set1_epi16(127);
    const __m512i high_bytes =
        _mm512_packus_epi16(_mm512_srli_epi16(first, 7), _mm512_srli_epi16(second, 7));
    const __m512i low_bytes =
        _mm512_packus_epi16(_mm512_and_si512(first, low), _mm512_and_si512(second, low));
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    _mm512_storeu_si512(upper, _mm512_permutexvar_epi32(order, high_bytes));
    _mm512_storeu_si512(upper + CK_SPLIT_BYTES / 2, _mm512_permutexvar_epi32(order, low_bytes));
}

ALWAYS_INLINE void weigh_whole(const ck_attention *t, const whole_block *b, size_t key_panels,
                               const uint64_t *all_visible, ck_attention_state state, size_t row,
                               int rows, int8_t *weights, row_numbers *numbers) {
    __m512i whole[TILE_ROWS_INT8][4];
    const char *a = (const char *)t->queries + row * t->query_bytes, *keys = b->keys;
    const size_t a_row_bytes = t->query_bytes, panel_bytes = b->key_panel_bytes;
    const size_t depth = b->key_steps * 4;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const ck_row_header *header = ck_header(a + (size_t)i * a_row_bytes, depth);
#pragma clang loop unroll(full)
        for (int j = 0; j < 4; j++) {
            whole[i][j] = _mm512_set1_epi32(-128 * header->sum);
        }
    }
    // Where not all of the block is seen yet, only the panels that are.
    if (key_panels < 4) {
        int32_t sums[TILE_ROWS_INT8][CK_CACHE_BLOCK] = {{0}};
        for (size_t panel = 0; panel < key_panels; panel++) {
            __m512i one[TILE_ROWS_INT8];
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                one[i] = whole[i][0];
            }
            for (size_t step = 0; step < b->key_steps; step++) {
                const char *line = keys + panel * panel_bytes + step * CK_STEP_BYTES;
                const __m512i w = _mm512_loadu_si512(line);
#pragma clang loop unroll(full)
                for (int i = 0; i < rows; i++) {
                    const char *four = a + (size_t)i * a_row_bytes + step * 4;
                    one[i] = _mm512_dpbusd_epi32(one[i], w, broadcast_four(four));
                }
            }
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                _mm512_storeu_si512(sums[i] + panel * CK_PANEL, one[i]);
            }
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
            for (int j = 0; j < 4; j++) {
                whole[i][j] = _mm512_loadu_si512(sums[i] + j * CK_PANEL);
            }
        }
    } else {
        for (size_t step = 0; step < b->key_steps; step++) {
            __m512i w[4];
#pragma clang loop unroll(full)
            for (size_t j = 0; j < 4; j++) {
                const char *line = keys + j * panel_bytes + step * CK_STEP_BYTES;
                w[j] = _mm512_loadu_si512(line);
                if (rows <= CK_AHEAD_ROWS) {
                    __builtin_prefetch(line + b->ahead, 0, 3);
                }
            }
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                const __m512i x = broadcast_four(a + (size_t)i * a_row_bytes + step * 4);
#pragma clang loop unroll(full)
                for (int j = 0; j < 4; j++) {
                    whole[i][j] = _mm512_dpbusd_epi32(whole[i][j], w[j], x);
                }
            }
        }
    }
    __m512 scales[4];
#pragma clang loop unroll(full)
    for (size_t j = 0; j < 4; j++) {
        scales[j] = _mm512_loadu_ps(ck_panel_scales(CK_INT8, keys + j * panel_bytes, b->key_steps));
    }
    __m512 scores[TILE_ROWS_INT8][4];
    float units[TILE_ROWS_INT8];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const float row_scale = ck_header(a + (size_t)i * a_row_bytes, depth)->scale;
        units[i] = row_scale * t->scale * CK_LOG2_E;
#pragma clang loop unroll(full)
        for (int j = 0; j < 4; j++) {
            scores[i][j] = _mm512_mul_ps(_mm512_cvtepi32_ps(whole[i][j]), scales[j]);
        }
    }
    weigh_rows(scores, rows, all_visible + row, units, state.largest + row, state.sums + row,
               numbers->factors + row);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const size_t at = row + (size_t)i;
        int8_t *upper = weights + at * CK_SPLIT_BYTES;
        ck_value_steps steps = b->all;
        const float *in_steps = b->all_in_steps;
        float of_row[CK_CACHE_BLOCK];
        if (all_visible[at] != ~(uint64_t)0) {
            steps = steps_of_visible(b->scales, all_visible[at]);
            scales_in_steps(b->scales, all_visible[at], steps.inverse, of_row);
            in_steps = of_row;
        }
        numbers->steps[at] = steps.step;
        split_weights(scores[i], in_steps, upper);
    }
}

// Values are signed without their 128, while the weights, never negative, are the unsigned side.
ALWAYS_INLINE __m512i without_128(__m512i values) {
    return _mm512_xor_si512(values, _mm512_set1_epi8(-128));
}

// Rows from which on values are made signed once for all of them.
#define LEAST_SIGNED_ROWS 12

// Writes the values of a block signed, as they lie in it.
ALWAYS_INLINE void make_signed(const char *values, size_t byte_count, char *out) {
    for (size_t i = 0; i < byte_count; i += CK_STEP_BYTES) {
        _mm512_storeu_si512(out + i, without_128(_mm512_loadu_si512(values + i)));
    }
}

// Adds the values of a block to the results of up to 3 rows in up to 4 panels.
ALWAYS_INLINE void add_whole(const whole_block *b, bool is_signed, const int8_t *weights,
                             ck_attention_state state, size_t row, int rows, size_t panel,
                             int panels, const row_numbers *numbers) {
    const bool asks = row == 0 && b->ahead != 0;
    __m512i upper[VALUE_ROWS][4], lower[VALUE_ROWS][4];
    const char *w = (const char *)weights + row * CK_SPLIT_BYTES;
    const char *values = b->values + panel * CK_STEP_BYTES;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            upper[i][j] = lower[i][j] = _mm512_setzero_si512();
        }
    }
    for (size_t step = 0; step < CK_CACHE_BLOCK / 4; step++) {
        __m512i v[4];
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            const char *line = values + j * CK_STEP_BYTES;
            v[j] = _mm512_loadu_si512(line);
            v[j] = is_signed ? v[j] : without_128(v[j]);
            if (asks) {
                __builtin_prefetch(line + b->ahead, 0, 3);
            }
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const char *four = w + (size_t)i * CK_SPLIT_BYTES + step * 4;
            const __m512i high = broadcast_four(four);
            const __m512i low = broadcast_four(four + CK_SPLIT_BYTES / 2);
#pragma clang loop unroll(full)
            for (int j = 0; j < panels; j++) {
                upper[i][j] = _mm512_dpbusd_epi32(upper[i][j], high, v[j]);
                lower[i][j] = _mm512_dpbusd_epi32(lower[i][j], low, v[j]);
            }
        }
        values += b->value_step_bytes;
    }
    float *results = state.results + row * state.result_width + panel * CK_PANEL;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const __m512 factor = _mm512_set1_ps(numbers->factors[row + (size_t)i]);
        const __m512 step = _mm512_set1_ps(numbers->steps[row + (size_t)i]);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            float *old = results + (size_t)i * state.result_width + j * CK_PANEL;
            // At most 64 · 16,256 · 127: far from the end of an int32.
            const __m512i all = _mm512_add_epi32(_mm512_slli_epi32(upper[i][j], 7), lower[i][j]);
            const __m512 scaled = _mm512_mul_ps(_mm512_loadu_ps(old), factor);
            _mm512_storeu_ps(old, _mm512_fmadd_ps(_mm512_cvtepi32_ps(all), step, scaled));
        }
    }
}

ALWAYS_INLINE void add_whole_of(const whole_block *b, bool is_signed, const int8_t *weights,
                                ck_attention_state state, size_t row, size_t rows, size_t panel,
                                size_t panels, const row_numbers *numbers) {
#define VALUES_CASE(ROWS, PANELS)                                                                  \
    case (ROWS)*8 + (PANELS):                                                                      \
        add_whole(b, is_signed, weights, state, row, ROWS, panel, PANELS, numbers);                \
        break;
#define VALUES_CASES(ROWS)                                                                         \
    VALUES_CASE(ROWS, 1) VALUES_CASE(ROWS, 2) VALUES_CASE(ROWS, 3) VALUES_CASE(ROWS, 4)
    switch (rows * 8 + panels) {
        VALUES_CASES(1)
        VALUES_CASES(2)
        VALUES_CASES(3)
    default:
        break;
    }
#undef VALUES_CASES
#undef VALUES_CASE
}

ALWAYS_INLINE void prepare_queries(ck_element element, const ck_attention *t) {
    (void)element;
    (void)t;
}

ALWAYS_INLINE void
attend_block(ck_element element, const ck_attention *t, size_t block, ck_attention_state state,
             void (*matmul)(ck_element element, const ck_matmul *m, size_t first, size_t end)) {
    (void)element;
    (void)matmul;
    uint64_t visible[CK_ATTENTION_ROWS];
    const uint64_t seen = ck_all_visible(t, block, visible);
    if (seen == 0) {
        return;
    }
    const char *at = (const char *)t->arena + t->blocks[block] * t->block_bytes;
    const float *scales = (const float *)(at + ck_block_scales(CK_INT8, t->depth));
    const ck_attention_scratch scratch = ck_attention_scratch_at(t->scratch, t->depth);
    whole_block b = {
        .keys = at,
        .key_panel_bytes = ck_panel_bytes(CK_INT8, t->depth),
        .key_steps = ck_steps(CK_INT8, t->depth),
        .values = at + ck_block_values(CK_INT8, t->depth),
        .value_step_bytes = state.result_width / CK_PANEL * CK_STEP_BYTES,
        .scales = scales,
        .all = steps_of_visible(scales, ~(uint64_t)0),
        .ahead = ck_ahead(t, block),
    };
    scales_in_steps(scales, ~(uint64_t)0, b.all.inverse, b.all_in_steps);
    const bool is_signed = t->rows >= LEAST_SIGNED_ROWS;
    if (is_signed) {
        make_signed(b.values, CK_CACHE_BLOCK / 4 * b.value_step_bytes, (char *)scratch.panels);
        b.values = (const char *)scratch.panels;
    }
    int8_t *weights = (int8_t *)scratch.weights;
    row_numbers numbers;
    const size_t tiles = (t->rows + TILE_ROWS_INT8 - 1) / TILE_ROWS_INT8;
    const size_t key_panels = (64 - (size_t)__builtin_clzll(seen) + CK_PANEL - 1) / CK_PANEL;
    size_t row = 0;
    for (size_t tile = 0; tile < tiles; tile++) {
        const size_t rows = ck_even_rows(t->rows - row, tiles - tile);
#define WEIGH_CASE(ROWS)                                                                           \
    case ROWS:                                                                                     \
        weigh_whole(t, &b, key_panels, visible, state, row, ROWS, weights, &numbers);              \
        break;
        switch (rows) {
            WEIGH_CASE(1)
            WEIGH_CASE(2)
            WEIGH_CASE(3)
            WEIGH_CASE(4)
            WEIGH_CASE(5)
            WEIGH_CASE(6)
        default:
            break;
        }
#undef WEIGH_CASE
        row += rows;
    }
    const size_t panel_count = state.result_width / CK_PANEL;
    for (size_t panel = 0; panel < panel_count; panel += 4) {
        const size_t panels = ck_least(4, panel_count - panel);
        for (row = 0; row < t->rows; row += VALUE_ROWS) {
            const size_t rows = ck_least(VALUE_ROWS, t->rows - row);
            if (is_signed) {
                add_whole_of(&b, true, weights, state, row, rows, panel, panels, &numbers);
            } else {
                add_whole_of(&b, false, weights, state, row, rows, panel, panels, &numbers);
            }
        }
    }
}

#undef ALWAYS_INLINE
