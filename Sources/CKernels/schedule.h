#pragma once

#include "CKernels.h"

// How a product walks through its panels, its depth and its rows:
//
//     for each block of rows                      one for a chunk of 512
//       for each group of panels                  read from memory here, once for all rows of a
//       block
//         for each span of depth                  so short that a group stays in the second-level
//         cache
//           for each few rows                     whose activations stay in the first-level cache
//             for each tile
//
// The sums of a tile are carried from span to span as they are in registers: spans change no bit.

/// Rows that pass by a group of panels before the next is read.
#define CK_BLOCK_ROWS ((size_t)512)
/// Panels of a group.
#define CK_GROUP_PANELS ((size_t)8)
/// Rows that pass by a group at a time: eight tiles of six.
#define CK_NEAR_ROWS ((size_t)48)
/// Steps of a span, at most: a group of 256 KiB.
#define CK_SPAN_STEPS ((size_t)512)

/// How far ahead in each panel the first tile of few rows asks memory for: it waits for that alone,
/// and what the CPU foretells by itself is too little. Two cores of Emerald Rapids read 1.03 to 1.5
/// times as fast as without.
#define CK_AHEAD_BYTES ((size_t)2048)
/// Where more rows pass by, there is time to ask for the next span.
#define CK_FEW_ROWS ((size_t)16)

/// Parts that reading walks through side by side, each asked for ahead, and the bytes that it takes
/// of a part at a time: no product reads faster. Two cores of Emerald Rapids read 31 GB/s so, and
/// 26 in one part without asking.
#define CK_READ_PARTS ((size_t)4)
#define CK_READ_BYTES ((size_t)256)

/// Asks for one line of each of some panels, where rows are few.
static inline __attribute__((always_inline)) void ck_ask(const ck_matmul *_Nonnull m,
                                                         const char *_Nonnull b, int panels) {
    if (m->rows > CK_FEW_ROWS) {
        return;
    }
#pragma clang loop unroll(full)
    for (int j = 0; j < panels; j++) {
        __builtin_prefetch(b + (size_t)j * m->b_panel_bytes + CK_AHEAD_BYTES, 0, 3);
    }
}

/// Asks for a group of int4, where rows are few.
static inline __attribute__((always_inline)) void ck_ask_group(const ck_matmul *_Nonnull m,
                                                               const char *_Nonnull b) {
    if (m->rows > CK_FEW_ROWS) {
        return;
    }
    const char *group = b + CK_AHEAD_BYTES / CK_GROUP_BYTES * CK_GROUP_BYTES;
#pragma clang loop unroll(full)
    for (size_t line = 0; line < CK_GROUP_BYTES; line += CK_STEP_BYTES) {
        __builtin_prefetch(group + line, 0, 3);
    }
}

/// What lies in the scratch of a product, in this order.
typedef struct ck_scratch {
    /// (CK_BLOCK_ROWS, CK_GROUP_PANELS, 16) sums, f32 or int32.
    float *_Nullable carry;
    /// (CK_GROUP_PANELS, CK_SPAN_STEPS) steps of widened weights.
    float *_Nullable panels;
    /// (CK_NEAR_ROWS, CK_SPAN_STEPS) widened activations.
    float *_Nullable rows;
    /// CK_WIDE_PANELS int4 panels as int8.
    void *_Nullable whole_panels;
} ck_scratch;

#define CK_CARRY_BYTES (CK_BLOCK_ROWS * CK_GROUP_PANELS * CK_STEP_BYTES)
#define CK_PANELS_BYTES (CK_GROUP_PANELS * CK_SPAN_STEPS * CK_STEP_BYTES)
#define CK_ROWS_BYTES (CK_NEAR_ROWS * CK_SPAN_STEPS * sizeof(float))
#define CK_SCRATCH_BYTES (CK_CARRY_BYTES + CK_PANELS_BYTES + CK_ROWS_BYTES)

static inline ck_scratch ck_scratch_at(void *_Nullable base) {
    char *bytes = (char *)base;
    if (!bytes) {
        return (ck_scratch){0};
    }
    return (ck_scratch){
        .carry = (float *)bytes,
        .panels = (float *)(bytes + CK_CARRY_BYTES),
        .rows = (float *)(bytes + CK_CARRY_BYTES + CK_PANELS_BYTES),
        .whole_panels = bytes + CK_SCRATCH_BYTES,
    };
}

/// A span of a group of panels and a few rows, as tiles read it.
typedef struct ck_span {
    /// The span's first step in the first of the rows.
    const char *_Nonnull a;
    size_t a_row_bytes;
    /// The span's first step in the first panel of the group.
    const char *_Nonnull b;
    size_t b_panel_bytes;
    size_t b_step_bytes;
    size_t steps;
    size_t rows;
    size_t panels;
    /// Which row of the product the first is, and which panel.
    size_t first_row;
    size_t first_panel;
    /// Whether the rows are the first that pass by the span.
    bool is_new;
    /// Whether the span is the first of its group, and the last.
    bool begins;
    bool ends;
    /// The sums of the first row and the first panel; NULL if the span is the whole depth.
    float *_Nullable carry;
    /// What `b` will be in the next span; NULL at the end. As it lies in memory, also where `b` is
    /// a copy.
    const char *_Nullable next;
    size_t next_panel_bytes;
} ck_span;

static inline size_t ck_least(size_t a, size_t b) { return a < b ? a : b; }

/// The height of the next of some tiles that share the rows that are left: as even as they can be,
/// for a low last tile would wait for its own sums, and for memory.
static inline size_t ck_even_rows(size_t left, size_t tiles) { return (left + tiles - 1) / tiles; }

/// Steps of every span but the last, which is hardly shorter: a multiple of 16, and all of them
/// where sums cannot be carried.
static inline size_t ck_span_steps(const ck_matmul *_Nonnull m, size_t most) {
    if (!m->scratch || m->steps <= most) {
        return m->steps;
    }
    const size_t spans = (m->steps + most - 1) / most;
    const size_t even = (m->steps + spans - 1) / spans;
    return (even + 15) / 16 * 16;
}

/// Calls `kernel` for all spans of panels first ..< end, of at most `most_steps`, a multiple of 16,
/// and `near_rows` rows at a time.
static inline __attribute__((always_inline)) void
ck_walk(const ck_matmul *_Nonnull m, size_t first, size_t end, size_t most_steps, size_t near_rows,
        void (*_Nonnull kernel)(const ck_matmul *_Nonnull m, ck_span span)) {
    const size_t span_steps = ck_span_steps(m, most_steps);
    const ck_scratch scratch = ck_scratch_at(m->scratch);
    for (size_t block = 0; block < m->rows; block += CK_BLOCK_ROWS) {
        const size_t block_end = ck_least(m->rows, block + CK_BLOCK_ROWS);
        for (size_t group = first; group < end; group += CK_GROUP_PANELS) {
            const char *b = (const char *)m->b + group * m->b_panel_bytes;
            for (size_t step = 0; step < m->steps; step += span_steps) {
                const size_t steps = ck_least(span_steps, m->steps - step);
                const bool ends = step + steps == m->steps;
                const bool is_last = ends && group + CK_GROUP_PANELS >= end;
                const char *b_end = ends ? b + CK_GROUP_PANELS * m->b_panel_bytes
                                         : b + (step + steps) * m->b_step_bytes;
                for (size_t row = block; row < block_end; row += near_rows) {
                    kernel(m, (ck_span){
                                  .a = (const char *)m->a + row * m->a_row_bytes + step * 4,
                                  .a_row_bytes = m->a_row_bytes,
                                  .b = b + step * m->b_step_bytes,
                                  .b_panel_bytes = m->b_panel_bytes,
                                  .b_step_bytes = m->b_step_bytes,
                                  .steps = steps,
                                  .rows = ck_least(near_rows, block_end - row),
                                  .panels = ck_least(CK_GROUP_PANELS, end - group),
                                  .first_row = row,
                                  .first_panel = group,
                                  .is_new = row == block,
                                  .begins = step == 0,
                                  .ends = ends,
                                  .carry = scratch.carry
                                               ? scratch.carry +
                                                     (row - block) * CK_GROUP_PANELS * CK_PANEL
                                               : (float *)0,
                                  .next = is_last ? (const char *)0 : b_end,
                                  .next_panel_bytes = m->b_panel_bytes,
                              });
                }
            }
        }
    }
}

/// Where the sums of a row and a panel of a span are carried.
static inline float *_Nullable ck_carry(const ck_span *_Nonnull span, size_t row, size_t panel) {
    return span->carry ? span->carry + (row * CK_GROUP_PANELS + panel) * CK_PANEL : (float *)0;
}
