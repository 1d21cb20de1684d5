#pragma once

// Kernels of the inference core, in C11, chosen at run time.
//
// A kernel never allocates, never starts a thread and keeps no state: it gets pointers and a
// range, and a caller that splits the range splits the work. Every table below holds the same
// operations for one pair of instruction set and element; the scalar tables are the definition,
// the others must agree with them (Tests/KernelsTests).
//
// The packed layout
// -----------------
// One layout serves matrix × matrix (prefill) and matrix × vector (decode), on every instruction
// set. A matrix of `columns` output channels and `depth` inputs is cut into panels of CK_PANEL
// channels. A panel is a run of steps; one step is one cache line of CK_STEP_BYTES bytes and holds,
// for each of the 16 channels, the next 64 / 16 = 4 bytes of depth: one f32, or two bf16.
//
//     f32   step s, channel c  →  W[panel·16 + c][s]
//     bf16  step s, channel c  →  W[panel·16 + c][2s], W[panel·16 + c][2s + 1]
//     int8  step s, channel c  →  W[panel·16 + c][4s] … [4s + 3], each plus 128
//     int4  see below
//
// The pairs are what VDPBF16PS and TDPBF16PS read, the fours what VPDPBUSD and TDPBSUD read: the
// weights are the unsigned side, the activations the signed one. The key and value caches use the
// same layout (keys: channels are positions; values: depth is positions), so attention is two of
// these products with a softmax between them.

//
// Whole numbers
// -------------
// An int8 weight is scale[c] · q, q in −127 … 127, with one f32 scale for each channel. The 16
// scales follow the panel's steps. Both its sides are mixed first: each CK_BLOCK numbers go through
// an orthonormal Walsh–Hadamard transform, which leaves the product as it is and lets no single
// number decide the scale of a row.
//
// An int4 weight is scale[c] · (s[g][c] · n + m[g][c]), n in 0 … 15, with s and m in f16 for each
// group g of CK_GROUP inputs and one f32 scale for each channel. A group of a panel is
// CK_GROUP_BYTES: 4 lines, line l holding step l in the low and step l + 4 in the high halves of
// its bytes, then 16 s, then 16 m. The 16 scales follow the last group. Nothing is mixed, so that
// files with groups of 32 keep their numbers.
//
// The f32 sums of the groups cost time for every row. Where many rows meet int4 weights, panels can
// be widened first: their numbers become int8 of one scale for each channel, so that the products
// are those of int8. The rounding that adds is about a tenth of the one to int4, because 8 bits cut
// the range of a channel finer than 4 bits that of a group.
//
// An int8 KV cache is of the same make: keys are channels, so each position has its scale behind
// the panel, and queries are encoded rows. Values have a scale for each position too, but position
// is their depth: the scales lie elsewhere, are multiplied into the attention weights, and the
// panels are bare. Attention weights need more than 8 bits, so they become two encoded rows of 7
// bits each.
//
// A row of activations that meets them is encoded: depth padded to a multiple of CK_BLOCK int8
// numbers, q = round(x · 127 / max |x|), then an f32 scale, the int32 sum of all q, and the int32
// sum of each group. The sums take the 128 and the m out of the products again.
//
// A channel, a row, a key or a value with an infinity or a NaN in it, before or after mixing, has
// zeros for numbers and a NaN for its scale: what it meets is a NaN, on every instruction set.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

#define CK_PANEL 16
#define CK_STEP_BYTES 64
/// Encoded rows are padded to, and mixed in, blocks of this many numbers.
#define CK_BLOCK 64
/// Inputs of one channel that share scale and minimum in int4.
#define CK_GROUP 32
#define CK_GROUP_BYTES 320
/// Bytes behind the last step of a panel of whole numbers: one f32 for each channel.
#define CK_SCALE_BYTES 64
/// The most inputs of a channel, and the most positions of an int8 cache. An int32 holds so many
/// products of 128 · 127, which is what one weight adds while its 128 is taken out.
#define CK_MOST_WHOLE_DEPTH (1 << 17)
/// Panels that are widened at a time.
#define CK_WIDE_PANELS 4

/// Type of packed weights. Activations that meet them are f32, bf16, or encoded rows for both of
/// the whole-number types. Results are f32 or the activations' type; for whole numbers, f32.
typedef enum ck_element {
    CK_F32 = 0,
    CK_BF16 = 1,
    CK_INT8 = 2,
    CK_INT4 = 3,
} ck_element;

#define CK_ELEMENT_COUNT 4

typedef enum ck_isa {
    CK_ISA_SCALAR = 0,
    /// AVX2, FMA, F16C.
    CK_ISA_AVX2 = 1,
    /// The same and AVX-VNNI (VPDPBUSD on 256 bits), which CPUs without AVX-512 have.
    CK_ISA_AVX_VNNI = 2,
    /// AVX2, FMA, F16C; AVX-512 F, BW, DQ, VL.
    CK_ISA_AVX512 = 3,
    /// The same and AVX512_VNNI (VPDPBUSD).
    CK_ISA_AVX512_VNNI = 4,
    /// The same and AVX512_BF16 (VDPBF16PS).
    CK_ISA_AVX512_BF16 = 5,
    /// The same and AMX tiles for bytes and bf16. The operating system must have allowed them:
    /// ck_isa_usable asks it.
    CK_ISA_AMX = 6,
} ck_isa;

#define CK_ISA_COUNT 7

/// What a product does with its sums.
typedef enum ck_output {
    /// f32: C = sum · row_scale + bias.
    CK_STORE = 0,
    /// f32: C += sum · row_scale + bias.
    CK_ACCUMULATE = 1,
    /// element: C = sum · row_scale + bias.
    CK_STORE_ELEMENT = 2,
    /// element: panels come in pairs (gate, up); C = silu(gate) · up, half as many columns.
    CK_SWIGLU = 3,
} ck_output;

/// Bytes of one row of activations of `depth` numbers, a multiple of 64.
size_t ck_row_bytes(ck_element element, size_t depth);

/// One product C = A · Bᵀ over a range of panels.
typedef struct ck_matmul {
    /// (rows, depth) elements, row-major, `a_row_bytes` from row to row.
    const void *a;
    size_t a_row_bytes;
    /// Packed panels: `b_panel_bytes` from panel to panel, `b_step_bytes` from step to step.
    const void *b;
    size_t b_panel_bytes;
    size_t b_step_bytes;
    size_t rows;
    /// Steps of depth: depth for f32, depth / 2 for bf16, depth / 4 for int8 and int4, a multiple
    /// of 16 for those.
    size_t steps;
    /// (rows, panels · 16), `c_row_bytes` from row to row; f32 or element as `output` says.
    void *c;
    size_t c_row_bytes;
    /// One f32 per column, or NULL.
    const float *_Nullable bias;
    /// One f32 per row, or NULL.
    const float *_Nullable row_scale;
    ck_output output;
    /// int8: the panels have no scales behind them, all are 1.
    bool bare;
    /// `ck_scratch_bytes` on a cache line of its own, that only this call uses: products of many
    /// rows are faster with it, and no bit is another. Or NULL.
    void *_Nullable scratch;
    /// int4: the weights are widened first, by tables that do so. Needs scratch.
    bool widen;
} ck_matmul;

/// Positions of a block of the cache.
#define CK_CACHE_BLOCK 64
/// The most rows of queries that attention takes at a time.
#define CK_ATTENTION_ROWS 48
/// Blocks whose sums are added in one go before they are merged with those of earlier spans. The
/// borders are fixed, so that no bit depends on who attends to which span.
#define CK_SPAN_BLOCKS 8

// Attention with an online softmax (Milakov and Gimelshein, 2018; Dao et al., FlashAttention,
// 2022): the scores of one block at a time, and for each row the largest so far, which all weights
// are relative to, the sum of the weights, and the sum of the weighted values.

/// What attention knows of rows after some blocks.
typedef struct ck_attention_state {
    /// (rows) the largest log₂ e · scale · score; −infinity before the first.
    float *largest;
    /// (rows) Σ 2^(log₂ e · scale · score − largest).
    float *sums;
    /// (rows, result_width) the same sum with each summand times its value.
    float *results;
    /// Numbers of a head in whole panels.
    size_t result_width;
} ck_attention_state;

/// Rows of queries of one key/value head against blocks of one sequence.
///
/// A block of an arena holds 64 positions: 4 panels of keys whose channels are positions, then
/// steps of values whose depth is positions, then for int8 64 f32, the scales of the values.
typedef struct ck_attention {
    /// (rows) rows of `depth` numbers as they meet keys, `query_bytes` apart; up to
    /// CK_ATTENTION_ROWS.
    const void *queries;
    size_t query_bytes;
    size_t rows;
    /// Numbers of a head.
    size_t depth;
    /// Blocks of one key/value head, `block_bytes` apart, and which of them are the sequence's.
    const void *arena;
    size_t block_bytes;
    const uint32_t *blocks;
    /// Those of `blocks` that are attended to.
    size_t first_block;
    size_t end_block;
    /// (rows): the first so many positions are seen …
    const uint32_t *visible;
    /// … and of those from `own_first` on only the ones whose bits are set. Or NULL: all.
    const uint64_t *_Nullable own;
    size_t own_first;
    /// What scores are multiplied by, above 0.
    float scale;
    /// Overwritten.
    ck_attention_state state;
    /// `ck_attention_scratch_bytes` on a cache line of its own, that only this call uses.
    void *scratch;
} ck_attention;

/// Bytes of one block of one key/value head.
size_t ck_block_bytes(ck_element element, size_t depth);

/// Where the values of a block begin, and for int8 their scales.
size_t ck_block_values(ck_element element, size_t depth);
size_t ck_block_scales(ck_element element, size_t depth);

size_t ck_attention_scratch_bytes(size_t depth);

typedef struct ck_kernels {
    ck_isa isa;
    ck_element element;
    /// Whether products that are given scratch widen their weights first: int4, but not on AVX2,
    /// which multiplies nibbles faster than bytes.
    bool widens;

    /// Computes panels first ..< end. For CK_SWIGLU both are even. `end - first` may be 0.
    void (*matmul)(const ck_matmul *matmul, size_t first, size_t end);

    /// out[i] = x[i] / sqrt(mean(x²) + epsilon) · weight[i], as the activations of the element.
    void (*rms_norm)(const float *x, const float *weight, size_t count, float epsilon, void *out);

    /// Rotates one head in place by half rotation: with h = half,
    /// (x[i], x[i + h]) → (x[i]·cos[i] − x[i + h]·sin[i], x[i + h]·cos[i] + x[i]·sin[i]).
    void (*rotate)(float *x, const float *cosine, const float *sine, size_t half);

    /// out[i] = x[i] · scale, as the activations of the element, rounded to nearest even.
    void (*narrow)(const float *x, float scale, size_t count, void *out);

    /// Attends to blocks, in spans that end at multiples of CK_SPAN_BLOCKS; the states of spans are
    /// merged in ascending order. A row that sees nothing has the state (−infinity, 0, 0).
    void (*attend)(const ck_attention *attention);

    /// Merges the state of later blocks into that of earlier ones: `rows` of both.
    void (*merge)(ck_attention_state earlier, ck_attention_state later, size_t rows);

    /// Index of the largest number, the lowest one among equals; NaNs are never largest.
    /// `count` ≥ 1; 0 when all are NaN.
    size_t (*largest)(const float *x, size_t count);

    /// Does multiply-adds on registers alone, as products do them: the roof of a product.
    /// `sink` gets 16 numbers that depend on all of them. Returns the multiplications and
    /// additions done.
    uint64_t (*peak)(uint64_t rounds, float *sink);

    /// Reads `byte_count` bytes, a multiple of 256, as products read weights. Returns a number
    /// that depends on all of them.
    uint64_t (*read)(const void *bytes, size_t byte_count);
} ck_kernels;

/// The fastest table for a pair on this CPU, or NULL where this build or this CPU cannot run it.
const ck_kernels *_Nullable ck_kernels_for(ck_isa isa, ck_element element);

/// The table whose products use the instructions of the set, fast or not; NULL as above.
const ck_kernels *_Nullable ck_kernels_of(ck_isa isa, ck_element element);

/// Whether CPU and operating system can run the instruction set (CPUID and XGETBV; for AMX, the
/// first call asks Linux to allow its registers to this process).
bool ck_isa_usable(ck_isa isa);

/// Why they cannot, in a few words; NULL if they can.
const char *_Nullable ck_isa_refusal(ck_isa isa);

/// Bytes of one panel of `depth` inputs.
size_t ck_panel_bytes(ck_element element, size_t depth);

/// Bytes of scratch of a product with weights of `depth` inputs; 0 where none is needed.
size_t ck_scratch_bytes(ck_element element, size_t depth);

// Layout: how rows get into panels and back. Portable; the same bytes on every machine.

/// How int4 finds scale and minimum of a group.
typedef enum ck_fit {
    /// The ones of least squares, among some; 10 ns a number.
    CK_FIT_SQUARES = 0,
    /// The range of the group in 15 steps: enough for random weights, and several times as fast.
    CK_FIT_RANGE = 1,
} ck_fit;

/// Packs up to 16 rows of f32 (`row_stride` floats apart) into one panel of `depth` elements
/// padded to `steps` steps; missing rows and depth become zeros.
void ck_pack_panel(ck_element element, ck_fit fit, const float *rows, size_t row_count,
                   size_t row_stride, size_t depth, size_t steps, void *panel);

/// Reads `depth` values of channel `channel` of a panel.
void ck_unpack_channel(ck_element element, const void *panel, size_t channel, size_t depth,
                       float *out);

/// Writes one key of `depth` values as channel `channel` of a panel of positions. int8: mixed.
void ck_store_key(ck_element element, const float *key, size_t depth, void *panel, size_t channel);

/// Writes one value of `depth` numbers at `position` of a value cache whose steps are
/// `step_bytes` apart and hold depth / 16 panels side by side. Behind the last position that is
/// written the rest of a step becomes zero: weights of 0 meet it, and it might be no number.
/// Returns the scale of the position: 1, or, for int8, what its numbers are to be multiplied by.
float ck_store_value(ck_element element, const float *value, size_t depth, void *cache,
                     size_t step_bytes, size_t position, bool is_last);

/// Fills a row with seeded numbers in [−scale, scale] (+ offset), the same on every machine.
/// Element i is drawn from word `first_word + i / 4` of the stream `key`
/// (scripts/reference/README.md has the definition).
void ck_random_row(uint64_t key, uint64_t first_word, float scale, float offset, size_t count,
                   float *out);

#pragma clang assume_nonnull end
