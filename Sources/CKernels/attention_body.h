// Attention over blocks of the cache, one after the other. Included by every instruction set after
//
//     attend_block(element, t, block, state, matmul)    adds one block to a state
//     prepare_queries(element, t)                       puts the queries where it wants them
//     one_weight(t)                                     2 to t, next to nothing far below 0
//     blend(results, factor, others, their_factor, width)
//                                                       results · factor + others · their_factor

static inline __attribute__((always_inline)) void clear_state(ck_attention_state state,
                                                              size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        state.largest[row] = -__builtin_inff();
        state.sums[row] = 0;
    }
    memset(state.results, 0, rows * state.result_width * sizeof(float));
}

static void merge(ck_attention_state earlier, ck_attention_state later, size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        const float a = earlier.largest[row], b = later.largest[row], maximum = a > b ? a : b;
        const float of_earlier = a == maximum ? 1 : one_weight(a - maximum);
        const float of_later = b == maximum ? 1 : one_weight(b - maximum);
        earlier.largest[row] = maximum;
        earlier.sums[row] = earlier.sums[row] * of_earlier + later.sums[row] * of_later;
        blend(earlier.results + row * earlier.result_width, of_earlier,
              later.results + row * later.result_width, of_later, earlier.result_width);
    }
}

static inline __attribute__((always_inline)) void
attend(ck_element element, const ck_attention *t,
       void (*matmul)(ck_element element, const ck_matmul *m, size_t first, size_t end)) {
    const ck_attention_scratch scratch = ck_attention_scratch_at(t->scratch, t->depth);
    prepare_queries(element, t);
    clear_state(t->state, t->rows);
    for (size_t first = t->first_block; first < t->end_block;) {
        const size_t border = (first / CK_SPAN_BLOCKS + 1) * CK_SPAN_BLOCKS;
        const size_t end = border < t->end_block ? border : t->end_block;
        const bool is_first = first == t->first_block;
        const ck_attention_state state = is_first ? t->state : scratch.state;
        if (!is_first) {
            clear_state(state, t->rows);
        }
        for (size_t block = first; block < end; block++) {
            attend_block(element, t, block, state, matmul);
        }
        if (!is_first) {
            merge(t->state, state, t->rows);
        }
        first = end;
    }
}
