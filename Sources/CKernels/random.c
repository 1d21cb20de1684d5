#include "CKernels.h"

// A fused multiply-add would round once less, and make other numbers on other machines.
#pragma STDC FP_CONTRACT OFF

// The finaliser of SplitMix64, as `SplitMix64.mixed` in Sources/Basics has it, over a counter: any
// element of any tensor can be made alone, so the numbers do not depend on how many threads make
// them.
static inline uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void ck_random_row(uint64_t key, uint64_t first_word, float scale, float offset, size_t count,
                   float *out) {
    const float unit = 1.0f / 32767.5f;
    for (size_t i = 0; i < count; i += 4) {
        uint64_t word = mix(key + 0x9e3779b97f4a7c15u * (first_word + i / 4 + 1));
        size_t lanes = count - i < 4 ? count - i : 4;
        for (size_t lane = 0; lane < lanes; lane++) {
            float draw = (float)(uint16_t)(word >> (16 * lane));
            out[i + lane] = offset + (draw - 32767.5f) * unit * scale;
        }
    }
}
