// Products of real numbers. Included after avx512_body.h, inside the target-attribute region.

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// Where bf16 is widened by hand, activations are widened once for all panels of a group, and from
// so many rows on the weights once for all rows. The sums are the same, bit by bit.
#define LEAST_WIDENED_ROWS 16

// Rows of f32 against panels of bf16.
#define MIXED ((ck_element)CK_ELEMENT_COUNT)

// The first or the second numbers of the pairs of a step, as f32.
ALWAYS_INLINE __m512i half_of(__m512i pairs, int half) {
    return half == 0 ? _mm512_slli_epi32(pairs, 16)
                     : _mm512_and_si512(pairs, _mm512_set1_epi32((int32_t)0xffff0000));
}

// The sums of a tile of a span, as they are before it.
ALWAYS_INLINE void begin_tile(const ck_span *span, size_t row, int rows, size_t panel, int panels,
                              __m512 (*sums)[TILE_PANELS]) {
    const float *carry = ck_carry(span, row, panel);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            sums[i][j] = span->begins
                             ? _mm512_setzero_ps()
                             : _mm512_load_ps(carry + (i * CK_GROUP_PANELS + j) * CK_PANEL);
        }
    }
}

// Keeps the sums of a tile for the next span.
ALWAYS_INLINE void carry_tile(const ck_span *span, size_t row, int rows, size_t panel, int panels,
                              __m512 (*sums)[TILE_PANELS]) {
    float *carry = ck_carry(span, row, panel);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            _mm512_store_ps(carry + (i * CK_GROUP_PANELS + j) * CK_PANEL, sums[i][j]);
        }
    }
}

// What a tile asks memory for while it multiplies: at every step a line of so many panels.
typedef struct asked {
    const char *next;
    size_t panel_bytes;
    size_t step_bytes;
} asked;

// Adds the products of some steps to a tile of sums: rows from `a`, panels from `b` on.
ALWAYS_INLINE void add_steps(ck_element element, const char *a, size_t a_row_bytes, const char *b,
                             size_t b_panel_bytes, size_t b_step_bytes, size_t steps, int rows,
                             int panels, asked asked, int asked_panels,
                             __m512 (*sums)[TILE_PANELS]) {
    for (size_t step = steps; step > 0; step--) {
        __m512i w[TILE_PANELS];
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            w[j] = _mm512_loadu_si512(b + (size_t)j * b_panel_bytes);
        }
#pragma clang loop unroll(full)
        for (int j = 0; j < asked_panels; j++) {
            __builtin_prefetch(asked.next + (size_t)j * asked.panel_bytes, 0, 3);
        }
        // Two halves of a step where the activations are f32 and the weights bf16.
#pragma clang loop unroll(full)
        for (int half = 0; half < (element == MIXED ? 2 : 1); half++) {
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                int32_t number;
                memcpy(&number, a + (size_t)i * a_row_bytes + half * 4, sizeof number);
#pragma clang loop unroll(full)
                for (int j = 0; j < panels; j++) {
                    __m512i x = _mm512_set1_epi32(number);
                    sums[i][j] = element == MIXED
                                     ? multiply_add(CK_F32, sums[i][j], x, half_of(w[j], half))
                                     : multiply_add(element, sums[i][j], x, w[j]);
                }
            }
        }
        a += element == MIXED ? 8 : 4;
        b += b_step_bytes;
        asked.next += asked.step_bytes;
    }
}

// One tile of a span whose numbers are `element`, of its rows the `index`-th; `result` is the type
// of narrow results, and `is_wide` says that a step in memory is two here.
ALWAYS_INLINE void tile(ck_element element, ck_element result, bool is_wide, const ck_matmul *m,
                        const ck_span *span, size_t index, size_t row, int rows, size_t panel,
                        int panels) {
    __m512 sums[TILE_ROWS_F32][TILE_PANELS];
    const char *a = span->a + row * span->a_row_bytes;
    const char *b = span->b + panel * span->b_panel_bytes;
    // The first tile asks ahead for what it reads, a later one for half of the panels of the next
    // span, so that memory works while either multiplies. Of widened weights each tile asks for one
    // panel.
    const int half = (panels + 1) / 2;
    const bool is_first = !is_wide && span->is_new && index == 0;
    const bool asks_next =
        span->next && span->is_new && (is_wide ? index < (size_t)panels : index - 1 < 2);
    begin_tile(span, row, rows, panel, panels, sums);
    if (is_first) {
        const asked asked = {
            .next = b + CK_AHEAD_BYTES,
            .panel_bytes = span->next_panel_bytes,
            .step_bytes = span->b_step_bytes,
        };
        add_steps(element, a, span->a_row_bytes, b, span->b_panel_bytes, span->b_step_bytes,
                  span->steps, rows, panels, asked, panels, sums);
    } else if (asks_next) {
        const size_t first = panel + (is_wide ? index : index == 1 ? 0 : (size_t)(panels - half));
        const asked asked = {
            .next = span->next + first * span->next_panel_bytes,
            .panel_bytes = span->next_panel_bytes,
            .step_bytes = is_wide ? CK_STEP_BYTES / 2 : span->b_step_bytes,
        };
        add_steps(element, a, span->a_row_bytes, b, span->b_panel_bytes, span->b_step_bytes,
                  span->steps, rows, panels, asked, is_wide ? 1 : half, sums);
    } else {
        add_steps(element, a, span->a_row_bytes, b, span->b_panel_bytes, span->b_step_bytes,
                  span->steps, rows, panels, (asked){0}, 0, sums);
    }
    if (span->ends) {
        store_tile(result, m, span->first_row + row, rows, span->first_panel + panel, panels, sums);
    } else {
        carry_tile(span, row, rows, panel, panels, sums);
    }
}

// Calls `tile` with constants, so that its loops unroll into registers.
ALWAYS_INLINE void tile_of(ck_element element, ck_element result, bool is_wide, const ck_matmul *m,
                           const ck_span *span, size_t index, size_t row, size_t rows, size_t panel,
                           size_t panels) {
#define TILE_CASE(ROWS, PANELS)                                                                    \
    case (ROWS)*8 + (PANELS):                                                                      \
        tile(element, result, is_wide, m, span, index, row, ROWS, panel, PANELS);                  \
        break;
#define TILE_CASES(ROWS) TILE_CASE(ROWS, 1) TILE_CASE(ROWS, 2) TILE_CASE(ROWS, 3) TILE_CASE(ROWS, 4)
    switch (rows * 8 + panels) {
        TILE_CASES(1)
        TILE_CASES(2)
        TILE_CASES(3)
        TILE_CASES(4)
        TILE_CASES(5)
        TILE_CASES(6)
    default:
        break;
    }
#undef TILE_CASES
#undef TILE_CASE
}

ALWAYS_INLINE void real_span(ck_element element, ck_element result, bool is_wide,
                             const ck_matmul *m, const ck_span *span) {
    const size_t tile_rows = element == CK_F32 ? TILE_ROWS_F32 : TILE_ROWS_BF16;
    const size_t tiles = (span->rows + tile_rows - 1) / tile_rows;
    for (size_t panel = 0; panel < span->panels; panel += TILE_PANELS) {
        size_t row = 0;
        for (size_t index = 0; index < tiles; index++) {
            const size_t rows = ck_even_rows(span->rows - row, tiles - index);
            tile_of(element, result, is_wide, m, span, index, row, rows, panel,
                    ck_least(TILE_PANELS, span->panels - panel));
            row += rows;
        }
    }
}

static void f32_span(const ck_matmul *m, ck_span span) {
    real_span(CK_F32, CK_F32, false, m, &span);
}

static void bf16_span(const ck_matmul *m, ck_span span) {
    real_span(CK_BF16, CK_BF16, false, m, &span);
}

#ifndef CK_NATIVE_BF16

// Writes the first `count` numbers of a row of bf16 as f32; whole vectors.
ALWAYS_INLINE void widen_row(const char *numbers, size_t count, float *out) {
    for (size_t i = 0; i < count; i += 16) {
        __m256i halves = _mm256_loadu_si256((const __m256i *)(numbers + i * 2));
        __m512i wide = _mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16);
        _mm512_store_ps(out + i, _mm512_castsi512_ps(wide));
    }
}

// Writes steps of bf16 as twice as many of f32.
ALWAYS_INLINE void widen_steps(const char *b, size_t step_bytes, size_t steps, float *out) {
    for (size_t step = 0; step < steps; step++) {
        __m512i pairs = _mm512_loadu_si512(b + step * step_bytes);
        _mm512_store_si512(out + step * 32, half_of(pairs, 0));
        _mm512_store_si512(out + step * 32 + CK_PANEL, half_of(pairs, 1));
    }
}

// The rows of a span in scratch.
ALWAYS_INLINE ck_span with_wide_rows(const ck_matmul *m, ck_span span) {
    float *rows = ck_scratch_at(m->scratch).rows;
    const size_t width = (span.steps * 2 + 15) / 16 * 16;
    for (size_t i = 0; i < span.rows; i++) {
        widen_row(span.a + i * span.a_row_bytes, width, rows + i * width);
    }
    span.a = (const char *)rows;
    span.a_row_bytes = width * sizeof(float);
    return span;
}

static void wide_rows_span(const ck_matmul *m, ck_span span) {
    span = with_wide_rows(m, span);
    real_span(MIXED, CK_BF16, false, m, &span);
}

static void wide_span(const ck_matmul *m, ck_span span) {
    float *panels = ck_scratch_at(m->scratch).panels;
    if (span.is_new) {
        for (size_t j = 0; j < span.panels; j++) {
            widen_steps(span.b + j * span.b_panel_bytes, span.b_step_bytes, span.steps,
                        panels + j * CK_SPAN_STEPS * CK_PANEL);
        }
    }
    span = with_wide_rows(m, span);
    span.b = (const char *)panels;
    span.b_panel_bytes = CK_SPAN_STEPS * CK_STEP_BYTES;
    span.b_step_bytes = CK_STEP_BYTES;
    span.steps *= 2;
    real_span(CK_F32, CK_BF16, true, m, &span);
}
#endif

ALWAYS_INLINE void real_matmul(ck_element element, const ck_matmul *m, size_t first, size_t end) {
    if (element == CK_F32) {
        ck_walk(m, first, end, CK_SPAN_STEPS, CK_NEAR_ROWS, f32_span);
        return;
    }
#ifndef CK_NATIVE_BF16
    if (m->scratch && m->rows >= LEAST_WIDENED_ROWS) {
        ck_walk(m, first, end, CK_SPAN_STEPS / 2, CK_NEAR_ROWS, wide_span);
        return;
    }
    if (m->scratch && m->rows > 0) {
        // Long streams: few rows leave room for much of their depth.
        const size_t most = CK_NEAR_ROWS * CK_SPAN_STEPS / 2 / m->rows / 16 * 16;
        ck_walk(m, first, end, most, CK_NEAR_ROWS, wide_rows_span);
        return;
    }
#endif
    ck_walk(m, first, end, CK_SPAN_STEPS / 2, CK_NEAR_ROWS, bf16_span);
}

#undef ALWAYS_INLINE
