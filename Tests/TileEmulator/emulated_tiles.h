#pragma once

#include "elements.h"

#include <stdlib.h>

// What the tile instructions do (Intel SDM vol. 2: LDTILECFG, TILELOADD, TILESTORED, TDPBSUD,
// TDPBF16PS). Whatever would fault on the CPU aborts here.

static _Thread_local struct {
    bool configured;
    uint16_t row_bytes[8];
    uint8_t rows[8];
    uint8_t data[8][16][64];
} tiles;

static void require(bool condition) {
    if (!condition) {
        abort();
    }
}

static void emulate_configure(const void *bytes) {
    const uint8_t *configuration = (const uint8_t *)bytes;
    require(configuration[0] == 1);
    memset(&tiles, 0, sizeof tiles);
    tiles.configured = true;
    for (size_t i = 1; i < 16; i++) {
        require(configuration[i] == 0);
    }
    for (size_t t = 0; t < 16; t++) {
        uint16_t row_bytes;
        memcpy(&row_bytes, configuration + 16 + 2 * t, sizeof row_bytes);
        uint8_t rows = configuration[48 + t];
        require(row_bytes <= 64 && rows <= 16 && (row_bytes == 0) == (rows == 0));
        require(t < 8 || rows == 0);
        if (t < 8) {
            tiles.row_bytes[t] = row_bytes;
            tiles.rows[t] = rows;
        }
    }
}

static void emulate_zero(size_t t) {
    require(tiles.configured && tiles.rows[t] > 0);
    memset(tiles.data[t], 0, sizeof tiles.data[t]);
}

static void emulate_load(size_t t, const void *base, size_t stride) {
    emulate_zero(t);
    for (size_t row = 0; row < tiles.rows[t]; row++) {
        memcpy(tiles.data[t][row], (const char *)base + row * stride, tiles.row_bytes[t]);
    }
}

static void emulate_store(size_t t, void *base, size_t stride) {
    require(tiles.configured && tiles.rows[t] > 0);
    for (size_t row = 0; row < tiles.rows[t]; row++) {
        memcpy((char *)base + row * stride, tiles.data[t][row], tiles.row_bytes[t]);
    }
}

static void require_shapes(size_t c, size_t a, size_t b) {
    require(tiles.configured && tiles.rows[c] > 0 && tiles.rows[a] > 0 && tiles.rows[b] > 0);
    require(tiles.rows[c] == tiles.rows[a]);
    require(tiles.row_bytes[a] == tiles.rows[b] * 4 && tiles.row_bytes[c] == tiles.row_bytes[b]);
}

static void emulate_add_bytes(size_t c, size_t a, size_t b) {
    require_shapes(c, a, b);
    for (size_t row = 0; row < tiles.rows[c]; row++) {
        // Sums wrap around, as the instruction's do.
        uint32_t sums[16];
        memcpy(sums, tiles.data[c][row], tiles.row_bytes[c]);
        for (size_t k = 0; k < tiles.row_bytes[a]; k++) {
            for (size_t n = 0; n < tiles.row_bytes[c] / 4u; n++) {
                int product = (int8_t)tiles.data[a][row][k] * tiles.data[b][k / 4][n * 4 + k % 4];
                sums[n] += (uint32_t)product;
            }
        }
        memcpy(tiles.data[c][row], sums, tiles.row_bytes[c]);
    }
}

// Numbers too small for a full exponent count as 0.
static float flushed(float x) { return __builtin_fabsf(x) < 0x1p-126f ? 0.0f : x; }

static void emulate_add_bf16(size_t c, size_t a, size_t b) {
    require_shapes(c, a, b);
    for (size_t row = 0; row < tiles.rows[c]; row++) {
        uint8_t *sums = tiles.data[c][row];
        for (size_t n = 0; n < tiles.row_bytes[c] / 4u; n++) {
            float halves[2] = {0, 0};
            for (size_t k = 0; k < tiles.row_bytes[a] / 2u; k++) {
                float x = flushed(ck_load(CK_BF16, tiles.data[a][row], k));
                float w = flushed(ck_load(CK_BF16, tiles.data[b][k / 2], n * 2 + k % 2));
                halves[k % 2] = flushed(__builtin_fmaf(x, w, halves[k % 2]));
            }
            float sum = ck_load(CK_F32, sums, n) + flushed(halves[0] + halves[1]);
            ck_store(CK_F32, sums, n, flushed(sum));
        }
    }
}

static void emulate_release(void) { memset(&tiles, 0, sizeof tiles); }

// What amx_body.h is written on.
#define TILE_CONFIGURE(CONFIGURATION) emulate_configure(CONFIGURATION)
#define TILE_RELEASE() emulate_release()
#define TILE_ZERO(T) emulate_zero(T)
#define TILE_LOAD(T, BASE, STRIDE) emulate_load(T, BASE, STRIDE)
#define TILE_STORE(T, BASE, STRIDE) emulate_store(T, BASE, STRIDE)
#define TILE_ADD_BYTES(C, A, B) emulate_add_bytes(C, A, B)
#define TILE_ADD_BF16(C, A, B) emulate_add_bf16(C, A, B)
