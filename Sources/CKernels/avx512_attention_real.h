// One block of attention in real numbers with AVX-512: scores become weights in registers. Included
// after avx512_products.h and avx512_attention.h, inside the target-attribute region.

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// Where bf16 is widened anyway, queries and weights are f32, and keys and values are widened once
// for all rows where there are many.
#ifdef CK_NATIVE_BF16
#define ROWS(ELEMENT) (ELEMENT)
#else
#define ROWS(ELEMENT) CK_F32
#endif

ALWAYS_INLINE void prepare_queries(ck_element element, const ck_attention *t) {
    if (ROWS(element) == element) {
        return;
    }
    float *wide = ck_attention_scratch_at(t->scratch, t->depth).queries;
    for (size_t row = 0; row < t->rows; row++) {
        const char *query = (const char *)t->queries + row * t->query_bytes;
        for (size_t i = 0; i < t->depth; i += 16) {
            const __mmask16 mask = first_lanes(t->depth - i);
            const __m256i halves = _mm256_maskz_loadu_epi16(mask, query + i * 2);
            const __m512i numbers = _mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16);
            _mm512_store_ps(wide + row * t->state.result_width + i, _mm512_castsi512_ps(numbers));
        }
    }
}

/// Keys or values of a block as tiles read them.
typedef struct block_side {
    const char *b;
    size_t panel_bytes;
    size_t step_bytes;
    size_t steps;
    /// How far the same of the next block is from it; 0 where there is none, or no hurry.
    ptrdiff_t ahead;
} block_side;

// The same of the next block, beside panels from `b` on.
ALWAYS_INLINE asked ahead_of(block_side side, const char *b) {
    return (asked){b + side.ahead, side.panel_bytes, side.step_bytes};
}

// The first `panels` panels of a side, widened.
ALWAYS_INLINE block_side widened(block_side side, size_t panels, float *wide) {
#ifdef CK_NATIVE_BF16
    (void)panels;
    (void)wide;
#else
    const size_t panel_bytes = side.steps * 2 * CK_STEP_BYTES;
    for (size_t panel = 0; panel < panels; panel++) {
        widen_steps(side.b + panel * side.panel_bytes, side.step_bytes, side.steps,
                    wide + panel * panel_bytes / sizeof(float));
    }
    side = (block_side){(const char *)wide, panel_bytes, CK_STEP_BYTES, side.steps * 2, 0};
#endif
    return side;
}

// The weights of up to 6 rows; `element` says how rows and keys meet. Where not all of a block is
// seen yet, only the panels that are: one after the other, as few rows wait for memory.
ALWAYS_INLINE void weigh_tile(ck_element element, ck_element rows_element, const ck_attention *t,
                              const char *queries, size_t query_bytes, block_side keys,
                              size_t key_panels, const uint64_t *visible, ck_attention_state state,
                              size_t row, int rows, char *weights, float *factors) {
    __m512 sums[TILE_ROWS_F32][TILE_PANELS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < TILE_PANELS; j++) {
            sums[i][j] = _mm512_setzero_ps();
        }
    }
    const char *a = queries + row * query_bytes;
    if (key_panels < TILE_PANELS) {
        float scores[TILE_ROWS_F32][CK_CACHE_BLOCK] = {{0}};
        for (size_t panel = 0; panel < key_panels; panel++) {
            __m512 one[TILE_ROWS_F32][TILE_PANELS];
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                one[i][0] = _mm512_setzero_ps();
            }
            add_steps(element, a, query_bytes, keys.b + panel * keys.panel_bytes, keys.panel_bytes,
                      keys.step_bytes, keys.steps, rows, 1, (asked){0}, 0, one);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                _mm512_storeu_ps(scores[i] + panel * CK_PANEL, one[i][0]);
            }
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
            for (int j = 0; j < TILE_PANELS; j++) {
                sums[i][j] = _mm512_loadu_ps(scores[i] + j * CK_PANEL);
            }
        }
    } else if (rows <= CK_AHEAD_ROWS && keys.ahead != 0) {
        add_steps(element, a, query_bytes, keys.b, keys.panel_bytes, keys.step_bytes, keys.steps,
                  rows, TILE_PANELS, ahead_of(keys, keys.b), TILE_PANELS, sums);
    } else {
        add_steps(element, a, query_bytes, keys.b, keys.panel_bytes, keys.step_bytes, keys.steps,
                  rows, TILE_PANELS, (asked){0}, 0, sums);
    }
    float units[TILE_ROWS_F32];
    for (int i = 0; i < rows; i++) {
        units[i] = t->scale * CK_LOG2_E;
    }
    weigh_rows(sums, rows, visible + row, units, state.largest + row, state.sums + row,
               factors + row);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        char *of_row = weights + (row + (size_t)i) * CK_SCORE_BYTES;
#pragma clang loop unroll(full)
        for (size_t j = 0; j < TILE_PANELS; j++) {
            store_elements(rows_element, of_row, 16 * j, 0xffff, sums[i][j]);
        }
    }
}

// Adds the values of a block to the results of up to 6 rows in up to 4 panels.
ALWAYS_INLINE void add_values(ck_element element, const char *weights, block_side values,
                              ck_attention_state state, size_t row, int rows, size_t panel,
                              int panels, const float *factors) {
    __m512 sums[TILE_ROWS_F32][TILE_PANELS];
    float *results = state.results + row * state.result_width + panel * CK_PANEL;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const __m512 factor = _mm512_set1_ps(factors[row + (size_t)i]);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            const float *old = results + (size_t)i * state.result_width + j * CK_PANEL;
            sums[i][j] = _mm512_mul_ps(_mm512_loadu_ps(old), factor);
        }
    }
    const char *a = weights + row * CK_SCORE_BYTES;
    const char *b = values.b + panel * values.panel_bytes;
    if (rows <= CK_AHEAD_ROWS && values.ahead != 0) {
        add_steps(element, a, CK_SCORE_BYTES, b, values.panel_bytes, values.step_bytes,
                  values.steps, rows, panels, ahead_of(values, b), panels, sums);
    } else {
        add_steps(element, a, CK_SCORE_BYTES, b, values.panel_bytes, values.step_bytes,
                  values.steps, rows, panels, (asked){0}, 0, sums);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            _mm512_storeu_ps(results + (size_t)i * state.result_width + j * CK_PANEL, sums[i][j]);
        }
    }
}

ALWAYS_INLINE void add_values_of(ck_element element, const char *weights, block_side values,
                                 ck_attention_state state, size_t row, size_t rows, size_t panel,
                                 size_t panels, const float *factors) {
#define VALUES_CASE(ROWS, PANELS)                                                                  \
    case (ROWS)*8 + (PANELS):                                                                      \
        add_values(element, weights, values, state, row, ROWS, panel, PANELS, factors);            \
        break;
#define VALUES_CASES(ROWS)                                                                         \
    VALUES_CASE(ROWS, 1) VALUES_CASE(ROWS, 2) VALUES_CASE(ROWS, 3) VALUES_CASE(ROWS, 4)
    switch (rows * 8 + panels) {
        VALUES_CASES(1)
        VALUES_CASES(2)
        VALUES_CASES(3)
        VALUES_CASES(4)
        VALUES_CASES(5)
        VALUES_CASES(6)
    default:
        break;
    }
#undef VALUES_CASES
#undef VALUES_CASE
}

// All rows against one block; `element` says how rows meet keys and values.
ALWAYS_INLINE void attend_rows(ck_element element, ck_element rows_element, const ck_attention *t,
                               const char *queries, size_t query_bytes, block_side keys,
                               block_side values, float *wide, size_t block,
                               ck_attention_state state, bool widens) {
    char *weights = ck_attention_scratch_at(t->scratch, t->depth).weights;
    float factors[CK_ATTENTION_ROWS];
    uint64_t visible[CK_ATTENTION_ROWS];
    const uint64_t seen = ck_all_visible(t, block, visible);
    if (seen == 0) {
        return;
    }
    const size_t tiles = (t->rows + TILE_ROWS_F32 - 1) / TILE_ROWS_F32;
    const size_t positions = 64 - (size_t)__builtin_clzll(seen);
    const size_t key_panels = (positions + CK_PANEL - 1) / CK_PANEL;
    size_t row = 0;
    if (widens) {
        keys = widened(keys, key_panels, wide);
    }
    for (size_t tile = 0; tile < tiles; tile++) {
        const size_t rows = ck_even_rows(t->rows - row, tiles - tile);
#define WEIGH_CASE(ROWS)                                                                           \
    case ROWS:                                                                                     \
        weigh_tile(element, rows_element, t, queries, query_bytes, keys, key_panels, visible,      \
                   state, row, ROWS, weights, factors);                                            \
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
    values.steps = widens || element == MIXED ? (positions + 1) / 2 : ck_steps(element, positions);
    if (widens) {
        values = widened(values, panel_count, wide);
    }
    for (size_t panel = 0; panel < panel_count; panel += TILE_PANELS) {
        row = 0;
        for (size_t tile = 0; tile < tiles; tile++) {
            const size_t rows = ck_even_rows(t->rows - row, tiles - tile);
            add_values_of(element, weights, values, state, row, rows, panel,
                          ck_least(TILE_PANELS, panel_count - panel), factors);
            row += rows;
        }
    }
}

ALWAYS_INLINE void
attend_block(ck_element element, const ck_attention *t, size_t block, ck_attention_state state,
             void (*matmul)(ck_element element, const ck_matmul *m, size_t first, size_t end)) {
    (void)matmul;
    const ck_attention_scratch scratch = ck_attention_scratch_at(t->scratch, t->depth);
    const char *at = (const char *)t->arena + t->blocks[block] * t->block_bytes;
    const ptrdiff_t ahead = ck_ahead(t, block);
    const block_side keys = {at, ck_panel_bytes(element, t->depth), CK_STEP_BYTES,
                             ck_steps(element, t->depth), ahead};
    const block_side values = {at + ck_block_values(element, t->depth), CK_STEP_BYTES,
                               state.result_width / CK_PANEL * CK_STEP_BYTES, 0, ahead};
    const bool is_wide = ROWS(element) != element;
    const char *queries = is_wide ? (const char *)scratch.queries : (const char *)t->queries;
    const size_t query_bytes = is_wide ? state.result_width * sizeof(float) : t->query_bytes;
    if (is_wide && t->rows >= LEAST_WIDENED_ROWS) {
        attend_rows(CK_F32, CK_F32, t, queries, query_bytes, keys, values, scratch.panels, block,
                    state, true);
    } else {
        attend_rows(is_wide ? MIXED : element, ROWS(element), t, queries, query_bytes, keys, values,
                    scratch.panels, block, state, false);
    }
}

#undef ROWS
#undef ALWAYS_INLINE
