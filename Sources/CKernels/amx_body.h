// Products on the tile unit (AMX), written on a handful of operations that the including file
// defines: amx.c as instructions, Tests/TileEmulator in plain C. Included after avx512_body.h and
// avx512_integers.h, inside the same target-attribute region.
//
//     TILE_CONFIGURE(configuration)      TILE_RELEASE()
//     TILE_ZERO(t)                       TILE_LOAD(t, base, stride)   TILE_STORE(t, base, stride)
//     TILE_ADD_BYTES(c, a, b)            c (int32) += a (signed bytes) · b (unsigned bytes)
//     TILE_ADD_BF16(c, a, b)             c (f32) += a · b (pairs of bf16)
//     VECTORS_BF16, VECTORS_INT8         the tables of AVX-512 for attention
//
// A tile of activations is 16 rows × 16 steps, a tile of weights 16 steps × 16 channels: 16 lines
// of a panel as they lie in memory. Two of each make four tiles of sums, 0 to 3; activations are in
// tiles 4 and 5, weights in 6 and 7.

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#define AMX_ROWS 16
#define AMX_STEPS 16

/// What LDTILECFG reads (Intel SDM vol. 1, 18.4).
typedef struct tile_configuration {
    uint8_t palette;
    uint8_t start_row;
    uint8_t reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_configuration;

// Whole-number products of fewer rows are bound by memory, and vectors need no set-up. Both give
// the same bits. bf16 sums would differ, so they always go through tiles.
#define AMX_LEAST_INTEGER_ROWS 8

// Gives the first tile of rows `upper` rows and the second one `lower`.
ALWAYS_INLINE void configure_rows(size_t upper, size_t lower) {
    tile_configuration configuration = {.palette = 1};
    for (size_t t = 0; t < 8; t++) {
        configuration.row_bytes[t] = 64;
        configuration.rows[t] = AMX_STEPS;
    }
    configuration.rows[0] = configuration.rows[1] = configuration.rows[4] = (uint8_t)upper;
    configuration.rows[2] = configuration.rows[3] = configuration.rows[5] = (uint8_t)lower;
    TILE_CONFIGURE(&configuration);
}

#define TILE_ADD(C, A, B)                                                                          \
    do {                                                                                           \
        if (element == CK_INT8) {                                                                  \
            TILE_ADD_BYTES(C, A, B);                                                               \
        } else {                                                                                   \
            TILE_ADD_BF16(C, A, B);                                                                \
        }                                                                                          \
    } while (0)

// Steps of 16 lines that tiles are asked for ahead: a load waits in the order of the program, and
// its sixteen lines fill what a core that is shared by two threads can keep in flight. 16 threads
// of Emerald Rapids multiply 1.3 to 1.6 times as fast so as without, from the second-level cache; a
// core of one's own is a twentieth slower.
#define AMX_STEPS_AHEAD 2

// Asks for the lines of a tile.
ALWAYS_INLINE void ask_tile(const char *base, size_t stride) {
#pragma clang loop unroll(full)
    for (size_t line = 0; line < AMX_ROWS; line++) {
        __builtin_prefetch(base + line * stride, 0, 3);
    }
}

// One step of 16 lines for up to 2 × 2 tiles. `asks` for those of a later one.
ALWAYS_INLINE void add_tiles(ck_element element, const char *a, size_t a_row_bytes, const char *b,
                             size_t b_panel_bytes, size_t b_step_bytes, int row_tiles, int panels,
                             bool asks) {
    const char *lower = a + AMX_ROWS * a_row_bytes;
    const size_t a_ahead = AMX_STEPS_AHEAD * 64;
    const size_t b_ahead = AMX_STEPS_AHEAD * AMX_STEPS * b_step_bytes;
    TILE_LOAD(6, b, b_step_bytes);
    TILE_LOAD(4, a, a_row_bytes);
    TILE_ADD(0, 4, 6);
    if (asks) {
        ask_tile(b + b_ahead, b_step_bytes);
    }
    if (panels == 2) {
        TILE_LOAD(7, b + b_panel_bytes, b_step_bytes);
        TILE_ADD(1, 4, 7);
        if (asks) {
            ask_tile(b + b_panel_bytes + b_ahead, b_step_bytes);
        }
    }
    if (asks) {
        ask_tile(a + a_ahead, a_row_bytes);
    }
    if (row_tiles == 2) {
        TILE_LOAD(5, lower, a_row_bytes);
        TILE_ADD(2, 5, 6);
        if (asks) {
            ask_tile(lower + a_ahead, a_row_bytes);
        }
        if (panels == 2) {
            TILE_ADD(3, 5, 7);
        }
    }
}

// The last steps, fewer than 16, through copies with zeros behind them: what lies behind a row or
// a panel may be no number.
ALWAYS_INLINE void add_last_steps(ck_element element, const char *a, size_t a_row_bytes,
                                  size_t rows, const char *b, size_t b_panel_bytes,
                                  size_t b_step_bytes, size_t steps, int row_tiles, int panels) {
    char row_copy[2 * AMX_ROWS][64] = {{0}};
    char panel_copy[2][AMX_STEPS][64] = {{{0}}};
    for (size_t i = 0; i < rows; i++) {
        memcpy(row_copy[i], a + i * a_row_bytes, steps * 4);
    }
    for (size_t j = 0; j < (size_t)panels; j++) {
        for (size_t step = 0; step < steps; step++) {
            memcpy(panel_copy[j][step], b + j * b_panel_bytes + step * b_step_bytes, 64);
        }
    }
    add_tiles(element, row_copy[0], 64, panel_copy[0][0], sizeof panel_copy[0], 64, row_tiles,
              panels, false);
}

// Up to 32 rows × 2 panels of a span; the configuration says how many rows.
ALWAYS_INLINE void amx_tile(ck_element element, const ck_matmul *m, const ck_span *span, size_t row,
                            size_t rows, int row_tiles, size_t panel, int panels) {
    const char *a = span->a + row * span->a_row_bytes;
    const char *b = span->b + panel * span->b_panel_bytes;
    float *carry = ck_carry(span, row, panel);
    float *lower = carry ? carry + AMX_ROWS * CK_GROUP_PANELS * CK_PANEL : carry;
    const size_t carry_bytes = CK_GROUP_PANELS * CK_STEP_BYTES;
    if (span->begins) {
        TILE_ZERO(0);
        TILE_ZERO(1);
        TILE_ZERO(2);
        TILE_ZERO(3);
    } else {
        TILE_LOAD(0, carry, carry_bytes);
        if (panels == 2) {
            TILE_LOAD(1, carry + CK_PANEL, carry_bytes);
        }
        if (row_tiles == 2) {
            TILE_LOAD(2, lower, carry_bytes);
            if (panels == 2) {
                TILE_LOAD(3, lower + CK_PANEL, carry_bytes);
            }
        }
    }
    size_t step = 0;
    for (; step + AMX_STEPS <= span->steps; step += AMX_STEPS) {
        add_tiles(element, a + step * 4, span->a_row_bytes, b + step * span->b_step_bytes,
                  span->b_panel_bytes, span->b_step_bytes, row_tiles, panels, true);
    }
    if (step < span->steps) {
        add_last_steps(element, a + step * 4, span->a_row_bytes, rows,
                       b + step * span->b_step_bytes, span->b_panel_bytes, span->b_step_bytes,
                       span->steps - step, row_tiles, panels);
    }
    // (rows, 2 panels) sums, f32 or int32.
    _Alignas(64) char stored[2 * AMX_ROWS][2][64];
    char *sums_at = span->ends ? stored[0][0] : (char *)carry;
    char *lower_at = span->ends ? stored[AMX_ROWS][0] : (char *)lower;
    const size_t sums_bytes = span->ends ? sizeof stored[0] : carry_bytes;
    TILE_STORE(0, sums_at, sums_bytes);
    if (panels == 2) {
        TILE_STORE(1, sums_at + 64, sums_bytes);
    }
    if (row_tiles == 2) {
        TILE_STORE(2, lower_at, sums_bytes);
        if (panels == 2) {
            TILE_STORE(3, lower_at + 64, sums_bytes);
        }
    }
    if (!span->ends) {
        return;
    }
    row += span->first_row;
    panel += span->first_panel;
    for (size_t i = 0; i < rows; i++) {
        __m512 sums[1][TILE_PANELS];
        for (int j = 0; j < panels; j++) {
            if (element == CK_INT8) {
                const char *numbers = (const char *)m->a + (row + i) * m->a_row_bytes;
                __m512i excess = _mm512_set1_epi32(128 * ck_header(numbers, m->steps * 4)->sum);
                __m512i whole = _mm512_load_si512(stored[i][j]);
                sums[0][j] = _mm512_cvtepi32_ps(_mm512_sub_epi32(whole, excess));
            } else {
                sums[0][j] = _mm512_load_ps(stored[i][j]);
            }
        }
        if (element == CK_INT8) {
            scale_tile(CK_INT8, m, row + i, 1, panel, panels, sums);
            store_tile(CK_F32, m, row + i, 1, panel, panels, sums);
        } else {
            store_tile(CK_BF16, m, row + i, 1, panel, panels, sums);
        }
    }
}

#define AMX_NEAR_ROWS ((size_t)64)

// Longer than elsewhere: sums that are carried leave the tiles and come back, and a span of 512
// steps costs a sixth. A group of 1 MiB and the rows near lie in a second-level cache of 2 MiB,
// which every CPU with tiles has.
#define AMX_SPAN_STEPS ((size_t)2048)

// Two heights of tiles: as many whole ones of 32 rows as there are, and one of what is left.

ALWAYS_INLINE void amx_span(ck_element element, const ck_matmul *m, const ck_span *span) {
    const size_t height = 2 * AMX_ROWS;
    for (size_t row = 0; row < span->rows;) {
        const size_t left = span->rows - row;
        const size_t rows = left >= height ? height : left;
        const size_t end = left >= height ? row + left / height * height : span->rows;
        const bool two = rows > AMX_ROWS;
        configure_rows(two ? AMX_ROWS : rows, two ? rows - AMX_ROWS : AMX_ROWS);
        for (size_t panel = 0; panel < span->panels; panel += 2) {
            const bool pair = span->panels - panel >= 2;
            for (size_t first = row; first < end; first += rows) {
                if (two) {
                    pair ? amx_tile(element, m, span, first, rows, 2, panel, 2)
                         : amx_tile(element, m, span, first, rows, 2, panel, 1);
                } else {
                    pair ? amx_tile(element, m, span, first, rows, 1, panel, 2)
                         : amx_tile(element, m, span, first, rows, 1, panel, 1);
                }
            }
        }
        row = end;
    }
}

static void amx_int8_span(const ck_matmul *m, ck_span span) { amx_span(CK_INT8, m, &span); }

static void amx_bf16_span(const ck_matmul *m, ck_span span) { amx_span(CK_BF16, m, &span); }

ALWAYS_INLINE void amx_matmul(ck_element element, const ck_matmul *m, size_t first, size_t end) {
    if (m->rows == 0 || first == end) {
        return;
    }
    if (element == CK_INT8) {
        ck_walk(m, first, end, AMX_SPAN_STEPS, AMX_NEAR_ROWS, amx_int8_span);
    } else {
        ck_walk(m, first, end, AMX_SPAN_STEPS, AMX_NEAR_ROWS, amx_bf16_span);
    }
    TILE_RELEASE();
}

static void amx_int8_matmul(const ck_matmul *m, size_t first, size_t end) {
    if (m->rows < AMX_LEAST_INTEGER_ROWS) {
        whole_matmul(CK_INT8, m, first, end);
    } else {
        amx_matmul(CK_INT8, m, first, end);
    }
}

ALWAYS_INLINE void amx_integer_matmul(ck_element element, const ck_matmul *m, size_t first,
                                      size_t end) {
    if (element == CK_INT8) {
        amx_int8_matmul(m, first, end);
    } else if (ck_widens(element, m)) {
        ck_widened_matmul(m, first, end, widen_panel, amx_int8_matmul);
    } else {
        whole_matmul(CK_INT4, m, first, end);
    }
}

ALWAYS_INLINE uint64_t amx_peak(ck_element element, uint64_t rounds, float *sink) {
    _Alignas(64) char lines[AMX_ROWS][64] = {{0}};
    configure_rows(AMX_ROWS, AMX_ROWS);
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
    TILE_LOAD(4, lines[0], 64);
    TILE_LOAD(5, lines[0], 64);
    TILE_LOAD(6, lines[0], 64);
    TILE_LOAD(7, lines[0], 64);
    for (uint64_t round = 0; round < rounds; round++) {
        if (element == CK_BF16) {
            TILE_ADD_BF16(0, 4, 6);
            TILE_ADD_BF16(1, 4, 7);
            TILE_ADD_BF16(2, 5, 6);
            TILE_ADD_BF16(3, 5, 7);
        } else {
            TILE_ADD_BYTES(0, 4, 6);
            TILE_ADD_BYTES(1, 4, 7);
            TILE_ADD_BYTES(2, 5, 6);
            TILE_ADD_BYTES(3, 5, 7);
        }
    }
    TILE_STORE(0, lines[0], 64);
    TILE_RELEASE();
    memcpy(sink, lines[0], 64);
    uint64_t products = AMX_ROWS * CK_PANEL * AMX_STEPS * (element == CK_BF16 ? 2 : 4);
    return rounds * 4 * 2 * products;
}

// Tiles of scores would have to leave the tile unit to become weights, and a decoding sequence has
// a row or a few of them: vectors keep them in registers.
static void attend_bf16(const ck_attention *t) { VECTORS_BF16.attend(t); }

static void attend_int8(const ck_attention *t) { VECTORS_INT8.attend(t); }

static void attend_int4(const ck_attention *t) { VECTORS_INT8.attend(t); }

static void merge(ck_attention_state earlier, ck_attention_state later, size_t rows) {
    VECTORS_BF16.merge(earlier, later, rows);
}

// The tables of AMX, named PREFIX_bf16, PREFIX_int8 and PREFIX_int4.
#define AMX_TABLES(PREFIX)                                                                         \
    CK_TABLE_BUT_ATTENTION(PREFIX##_bf16, bf16, CK_ISA_AMX, CK_BF16, real, amx_matmul, amx_peak)   \
    CK_TABLE_BUT_ATTENTION(PREFIX##_int8, int8, CK_ISA_AMX, CK_INT8, integer, amx_integer_matmul,  \
                           amx_peak)                                                               \
    CK_TABLE_BUT_ATTENTION(PREFIX##_int4, int4, CK_ISA_AMX, CK_INT4, integer, amx_integer_matmul,  \
                           amx_peak)

#undef ALWAYS_INLINE
