// Products of whole numbers with AVX2. Included by avx2.c behind avx2_encoding.h.

// unsigned · signed bytes, four products added into each 32-bit sum. VPMADDUBSW adds two products
// in 16 bits; with one factor at most 127 and the other within ±127 they cannot overflow.
ALWAYS_INLINE __m256i add_products(__m256i sum, __m256i unsigned_bytes, __m256i signed_bytes) {
    __m256i pairs = _mm256_maddubs_epi16(unsigned_bytes, signed_bytes);
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

// One panel is met by this many rows at a time, so that its weights are loaded once for all of them
// and every sum stays in a register; int4 keeps whole and f32 sums side by side.
#define TILE_ROWS_INT8 4
#define TILE_ROWS_INT4 2

// The fastest product takes the weights as they lie, unsigned with 128 too much, and has room for
// what they make of two neighbours in a row only while those sum up to at most this: 255 · 128 <
// 2¹⁵. Few neighbours of a row sum up to more, and VPMADDUBSW cuts those off. A step where it may
// is noted once for all panels, and each panel adds what was cut off behind its products.
#define MOST_NEIGHBOURS 128

// Tiles of rows whose steps are noted at a time, and the steps noted for them together: 33 KiB. A
// tile with more of them than one step in eight moves signs instead.
#define MOST_TILES 128
#define MOST_CUTS 8192
#define CUT_SHARE 8

// The largest number of a short row, which is 127, is nearer to its others: too many are cut off.
#define LEAST_STEPS_UNSIGNED 32

/// The steps of some tiles of rows where products may be cut off.
typedef struct cut_list {
    /// TILE_ROWS_INT8 · step + row, tile after tile.
    uint32_t steps[MOST_CUTS];
    /// Where each tile's steps begin and the one's before end.
    uint32_t first[MOST_TILES + 1];
    /// Whether a tile has too many of them.
    bool are_many[MOST_TILES];
} cut_list;

// Notes the steps of tile `tile`, whose first row is `row`, behind those of the tile before.
ALWAYS_INLINE void note_cuts(const ck_matmul *m, size_t row, size_t rows, cut_list *cuts,
                             size_t tile) {
    const uint32_t first = cuts->first[tile];
    const size_t most = m->steps * rows / CUT_SHARE;
    const size_t room = smaller(MOST_CUTS, first + most);
    uint32_t count = first;
    for (size_t i = 0; i < rows; i++) {
        const char *a = (const char *)m->a + (row + i) * m->a_row_bytes;
        for (size_t step = 0; step < m->steps; step += 8) {
            __m256i x = _mm256_loadu_si256((const __m256i *)(a + step * 4));
            __m256i sums = _mm256_abs_epi16(_mm256_maddubs_epi16(_mm256_set1_epi8(1), x));
            __m256i over = _mm256_cmpgt_epi16(sums, _mm256_set1_epi16(MOST_NEIGHBOURS));
            // Four bits for each step.
            uint32_t found = (uint32_t)_mm256_movemask_epi8(over);
            while (found) {
                if (count == room) {
                    cuts->are_many[tile] = true;
                    cuts->first[tile + 1] = first;
                    return;
                }
                uint32_t bit = (uint32_t)__builtin_ctz(found) & ~3u;
                cuts->steps[count++] = (uint32_t)(step + bit / 4) * TILE_ROWS_INT8 + (uint32_t)i;
                found &= ~(0xfu << bit);
            }
        }
    }
    cuts->are_many[tile] = false;
    cuts->first[tile + 1] = count;
}

// What VPMADDUBSW cuts off: it adds two products with saturation.
ALWAYS_INLINE __m256i cut_off(__m256i w, __m256i even_x, __m256i odd_x) {
    __m256i even = _mm256_maddubs_epi16(w, even_x), odd = _mm256_maddubs_epi16(w, odd_x);
    __m256i cut = _mm256_sub_epi16(_mm256_add_epi16(even, odd), _mm256_adds_epi16(even, odd));
    return _mm256_madd_epi16(cut, _mm256_set1_epi16(1));
}

// The whole sums of up to 4 rows and one panel, its weights as they lie.
ALWAYS_INLINE void panel_int8_unsigned(const ck_matmul *m, const char *a, int rows, const char *b,
                                       const uint32_t *cuts, const uint32_t *cuts_end,
                                       __m256 (*sums)[HALVES]) {
    __m256i whole[TILE_ROWS_INT8][HALVES];
    const size_t a_row_bytes = m->a_row_bytes, b_step_bytes = m->b_step_bytes;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        int32_t sum = ck_header(a + (size_t)i * a_row_bytes, m->steps * 4)->sum;
        whole[i][0] = whole[i][1] = _mm256_set1_epi32(-128 * sum);
    }
    const char *x_at = a, *w_at = b;
    for (size_t step = m->steps; step > 0; step--) {
        __m256i w[HALVES];
#pragma clang loop unroll(full)
        for (int half = 0; half < HALVES; half++) {
            w[half] = _mm256_loadu_si256((const __m256i *)(w_at + half * 32));
        }
        ck_ask(m, w_at, 1);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            __m256i x = broadcast_four(x_at + (size_t)i * a_row_bytes);
#pragma clang loop unroll(full)
            for (int half = 0; half < HALVES; half++) {
                whole[i][half] = add_products(whole[i][half], w[half], x);
            }
        }
        x_at += 4;
        w_at += b_step_bytes;
    }
    // Chosen by number, so no registers.
    __m256i kept[TILE_ROWS_INT8][HALVES];
    memcpy(kept, whole, (size_t)rows * sizeof *kept);
    const __m256i even = _mm256_set1_epi16(0xff);
    for (; cuts < cuts_end; cuts++) {
        size_t step = *cuts / TILE_ROWS_INT8, i = *cuts % TILE_ROWS_INT8;
        __m256i x = broadcast_four(a + i * a_row_bytes + step * 4);
        __m256i even_x = _mm256_and_si256(even, x), odd_x = _mm256_andnot_si256(even, x);
#pragma clang loop unroll(full)
        for (int half = 0; half < HALVES; half++) {
            const char *w_of = b + step * b_step_bytes + half * 32;
            __m256i w = _mm256_loadu_si256((const __m256i *)w_of);
            kept[i][half] = _mm256_add_epi32(kept[i][half], cut_off(w, even_x, odd_x));
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int half = 0; half < HALVES; half++) {
            sums[i][half] = _mm256_cvtepi32_ps(kept[i][half]);
        }
    }
}

// The whole sums of up to 4 rows and one panel, any numbers.
ALWAYS_INLINE void panel_int8(const ck_matmul *m, const char *a, int rows, const char *b,
                              __m256 (*sums)[HALVES]) {
    __m256i whole[TILE_ROWS_INT8][HALVES];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        whole[i][0] = whole[i][1] = _mm256_setzero_si256();
    }
    const size_t a_row_bytes = m->a_row_bytes, b_step_bytes = m->b_step_bytes;
    for (size_t step = m->steps; step > 0; step--) {
        __m256i w[HALVES], magnitude[HALVES];
#pragma clang loop unroll(full)
        for (int half = 0; half < HALVES; half++) {
            // Without the 128 the weights are signed; their signs move to the activations.
            w[half] = _mm256_loadu_si256((const __m256i *)(b + half * 32));
            w[half] = _mm256_xor_si256(w[half], _mm256_set1_epi8(-128));
            magnitude[half] = _mm256_abs_epi8(w[half]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            __m256i x = broadcast_four(a + (size_t)i * a_row_bytes);
#pragma clang loop unroll(full)
            for (int half = 0; half < HALVES; half++) {
                __m256i signed_x = _mm256_sign_epi8(x, w[half]);
                whole[i][half] = add_products(whole[i][half], magnitude[half], signed_x);
            }
        }
        a += 4;
        b += b_step_bytes;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
        for (int half = 0; half < HALVES; half++) {
            sums[i][half] = _mm256_cvtepi32_ps(whole[i][half]);
        }
    }
}

// The sums of up to 2 rows and one panel, scaled by group.
ALWAYS_INLINE void panel_int4(const ck_matmul *m, const char *a, int rows, const char *b,
                              __m256 (*sums)[HALVES]) {
    const __m256i low = _mm256_set1_epi8(15);
    const size_t a_row_bytes = m->a_row_bytes;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        sums[i][0] = sums[i][1] = _mm256_setzero_ps();
    }
    for (size_t group = 0; group < m->steps / 8; group++) {
        const char *numbers = a + group * CK_GROUP;
        ck_ask_group(m, b);
        // 16 bits hold the products of a group: 8 pairs of at most 2 · 15 · 127 each.
        __m256i pair_sums[TILE_ROWS_INT4][HALVES];
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            pair_sums[i][0] = pair_sums[i][1] = _mm256_setzero_si256();
        }
        for (size_t line = 0; line < 4; line++) {
#pragma clang loop unroll(full)
            for (int half = 0; half < HALVES; half++) {
                const char *pairs_at = b + line * CK_STEP_BYTES + (size_t)half * 32;
                __m256i pairs = _mm256_loadu_si256((const __m256i *)pairs_at);
                __m256i first = _mm256_and_si256(pairs, low);
                __m256i second = _mm256_and_si256(_mm256_srli_epi16(pairs, 4), low);
#pragma clang loop unroll(full)
                for (int i = 0; i < rows; i++) {
                    const char *x = numbers + (size_t)i * a_row_bytes + line * 4;
                    __m256i sum = pair_sums[i][half];
                    sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(first, broadcast_four(x)));
                    sum =
                        _mm256_add_epi16(sum, _mm256_maddubs_epi16(second, broadcast_four(x + 16)));
                    pair_sums[i][half] = sum;
                }
            }
        }
#pragma clang loop unroll(full)
        for (int half = 0; half < HALVES; half++) {
            const __m128i *halves = (const __m128i *)(b + 256) + half;
            __m256 scale = _mm256_cvtph_ps(_mm_loadu_si128(halves));
            __m256 minimum = _mm256_cvtph_ps(_mm_loadu_si128(halves + 2));
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                const int32_t *group_sums =
                    ck_group_sums(a + (size_t)i * a_row_bytes, m->steps * 4);
                __m256 sum = _mm256_set1_ps((float)group_sums[group]);
                __m256i whole = _mm256_madd_epi16(pair_sums[i][half], _mm256_set1_epi16(1));
                sums[i][half] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole), scale, sums[i][half]);
                sums[i][half] = _mm256_fmadd_ps(sum, minimum, sums[i][half]);
            }
        }
        b += CK_GROUP_BYTES;
    }
}

ALWAYS_INLINE void integer_tile(ck_element element, const ck_matmul *m, size_t row, int rows,
                                size_t panel, int panels, const cut_list *cuts, size_t tile) {
    __m256 sums[TILE_ROWS_INT8][TILE_PANELS * HALVES];
    const char *a = (const char *)m->a + row * m->a_row_bytes;
    for (int j = 0; j < panels; j++) {
        const char *b = (const char *)m->b + (panel + (size_t)j) * m->b_panel_bytes;
        __m256 panel_sums[TILE_ROWS_INT8][HALVES];
        if (cuts) {
            panel_int8_unsigned(m, a, rows, b, cuts->steps + cuts->first[tile],
                                cuts->steps + cuts->first[tile + 1], panel_sums);
        } else if (element == CK_INT8) {
            panel_int8(m, a, rows, b, panel_sums);
        } else {
            panel_int4(m, a, rows, b, panel_sums);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            sums[i][j * HALVES] = panel_sums[i][0];
            sums[i][j * HALVES + 1] = panel_sums[i][1];
        }
    }
    scale_tile(element, m, row, rows, panel, panels, sums);
    store_tile(CK_F32, m, row, rows, panel, panels, sums);
}

// Calls the tile with a constant number of rows, so that its loops unroll into registers.
ALWAYS_INLINE void integer_tile_of(ck_element element, const ck_matmul *m, size_t row, size_t rows,
                                   size_t panel, int panels, const cut_list *cuts, size_t tile) {
    if (rows == 1) {
        integer_tile(element, m, row, 1, panel, panels, cuts, tile);
    } else if (rows == 2) {
        integer_tile(element, m, row, 2, panel, panels, cuts, tile);
    } else if (element == CK_INT8 && rows == 3) {
        integer_tile(element, m, row, 3, panel, panels, cuts, tile);
    } else if (element == CK_INT8) {
        integer_tile(element, m, row, 4, panel, panels, cuts, tile);
    }
}

// The tiles of one block of rows.
ALWAYS_INLINE void integer_block(ck_element element, const ck_matmul *m, size_t block,
                                 size_t block_end, size_t first, size_t end) {
    const size_t tile_rows = element == CK_INT8 ? TILE_ROWS_INT8 : TILE_ROWS_INT4;
    cut_list cuts;
    cuts.first[0] = 0;
    const bool is_unsigned = element == CK_INT8 && m->steps >= LEAST_STEPS_UNSIGNED;
    for (size_t row = block, tile = 0; is_unsigned && row < block_end; row += tile_rows, tile++) {
        note_cuts(m, row, smaller(tile_rows, block_end - row), &cuts, tile);
    }
    for (size_t panel = first; panel < end; panel += TILE_PANELS) {
        for (size_t row = block, tile = 0; row < block_end; row += tile_rows, tile++) {
            size_t rows = smaller(tile_rows, block_end - row);
            const cut_list *of_tile = is_unsigned && !cuts.are_many[tile] ? &cuts : NULL;
            // Which of the two it is, is a constant to a tile as well.
            if (of_tile) {
                end - panel >= TILE_PANELS
                    ? integer_tile_of(element, m, row, rows, panel, 2, of_tile, tile)
                    : integer_tile_of(element, m, row, rows, panel, 1, of_tile, tile);
            } else {
                end - panel >= TILE_PANELS
                    ? integer_tile_of(element, m, row, rows, panel, 2, NULL, tile)
                    : integer_tile_of(element, m, row, rows, panel, 1, NULL, tile);
            }
        }
    }
}

ALWAYS_INLINE void integer_matmul(ck_element element, const ck_matmul *m, size_t first,
                                  size_t end) {
    const size_t tile_rows = element == CK_INT8 ? TILE_ROWS_INT8 : TILE_ROWS_INT4;
    const size_t block_rows = smaller(ck_block_rows(m, tile_rows), MOST_TILES * tile_rows);
    for (size_t block = 0; block < m->rows; block += block_rows) {
        integer_block(element, m, block, smaller(m->rows, block + block_rows), first, end);
    }
}

ALWAYS_INLINE uint64_t integer_peak(ck_element element, uint64_t rounds, float *sink) {
    __m256i sums[PEAK_CHAINS];
    __m256i x = _mm256_loadu_si256((const __m256i *)sink), w = _mm256_abs_epi8(x);
    for (size_t i = 0; i < PEAK_CHAINS; i++) {
        sums[i] = _mm256_setzero_si256();
    }
    for (uint64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < PEAK_CHAINS; i++) {
            // Opaque, or the products would be the same every time and be made once.
            __asm__ volatile("" : "+x"(x));
            // Bytes as they lie; sums of 16 bits would be fewer instructions, but hold them only
            // where activations are small. Nibbles are summed so, and widened too seldom to count.
            sums[i] = element == CK_INT8 ? add_products(sums[i], w, x)
                                         : _mm256_add_epi16(sums[i], _mm256_maddubs_epi16(w, x));
        }
    }
    for (size_t i = 1; i < PEAK_CHAINS; i++) {
        sums[0] = _mm256_add_epi32(sums[0], sums[i]);
    }
    _mm256_storeu_ps(sink, _mm256_cvtepi32_ps(sums[0]));
    return rounds * PEAK_CHAINS * 8 * 2 * 4;
}
