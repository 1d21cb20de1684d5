// One block of attention by way of the products with weights: scores, weights, results. For
// instruction sets that know no better; included after
//
//     weigh(element, scores, visible, scale, largest, sum, out)
//                                       the weights of a row of one block
//     rescale(results, width, factor)   the results of a row so far

typedef void (*block_matmul)(ck_element element, const ck_matmul *m, size_t first, size_t end);

static inline __attribute__((always_inline)) void attend_block(ck_element element,
                                                               const ck_attention *t, size_t block,
                                                               ck_attention_state state,
                                                               block_matmul matmul) {
    const bool is_whole = element == CK_INT8;
    const ck_attention_scratch scratch = ck_attention_scratch_at(t->scratch, t->depth);
    const char *keys = (const char *)t->arena + t->blocks[block] * t->block_bytes;
    const char *values = keys + ck_block_values(element, t->depth);
    ck_matmul m = {
        .a = t->queries,
        .a_row_bytes = t->query_bytes,
        .b = keys,
        .b_panel_bytes = ck_panel_bytes(element, t->depth),
        .b_step_bytes = CK_STEP_BYTES,
        .rows = t->rows,
        .steps = ck_steps(element, t->depth),
        .c = scratch.scores,
        .c_row_bytes = CK_SCORE_BYTES,
        .output = CK_STORE,
    };
    matmul(element, &m, 0, CK_CACHE_BLOCK / CK_PANEL);

    const float *scales = (const float *)(keys + ck_block_scales(element, t->depth));
    const ck_value_steps all =
        is_whole ? ck_value_steps_of(scales, ~(uint64_t)0) : (ck_value_steps){0, 0};
    const size_t weight_bytes = is_whole ? CK_SPLIT_BYTES : CK_SCORE_BYTES;
    uint64_t seen = 0;
    for (size_t row = 0; row < t->rows; row++) {
        const uint64_t visible = ck_visible(t, row, block);
        float *scores = scratch.scores + row * CK_CACHE_BLOCK;
        char *weights = scratch.weights + row * weight_bytes;
        seen |= visible;
        const float factor =
            weigh(is_whole ? CK_F32 : element, scores, visible, t->scale, state.largest + row,
                  state.sums + row, is_whole ? (void *)scores : (void *)weights);
        if (is_whole) {
            ck_split(scores, scales,
                     visible == ~(uint64_t)0 ? all : ck_value_steps_of(scales, visible), visible,
                     weights);
        }
        if (factor != 1.0f) {
            rescale(state.results + row * state.result_width, state.result_width, factor);
        }
    }
    if (seen == 0) {
        return;
    }
    const size_t positions = is_whole ? CK_CACHE_BLOCK : 64 - (size_t)__builtin_clzll(seen);
    m.a = scratch.weights;
    m.a_row_bytes = weight_bytes;
    m.b = values;
    m.b_panel_bytes = CK_STEP_BYTES;
    m.b_step_bytes = state.result_width / CK_PANEL * CK_STEP_BYTES;
    m.steps = ck_steps(element, positions);
    m.c = state.results;
    m.c_row_bytes = state.result_width * sizeof(float);
    m.output = CK_ACCUMULATE;
    m.bare = true;
    matmul(element, &m, 0, state.result_width / CK_PANEL);
    if (is_whole) {
        m.a = scratch.weights + CK_SPLIT_BYTES / 2;
        matmul(element, &m, 0, state.result_width / CK_PANEL);
    }
}

static inline __attribute__((always_inline)) void prepare_queries(ck_element element,
                                                                  const ck_attention *t) {
    (void)element;
    (void)t;
}
