#include "table.h"

// Detection is compiled without target attributes, so that it never executes an instruction it
// is looking for.

#if defined(__x86_64__)
#include <cpuid.h>

static uint64_t enabled_state(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

// XCR0 bits (Intel SDM vol. 1, 13.1): SSE and AVX state; then opmask and both ZMM halves.
#define AVX_STATE ((uint64_t)0x6)
#define AVX512_STATE ((uint64_t)0xe6)

bool ck_isa_usable(ck_isa isa) {
    if (isa == CK_ISA_SCALAR) {
        return true;
    }
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) {
        return false;
    }
    bool has_fma = (c & bit_FMA) && (c & bit_F16C);
    uint64_t state = enabled_state();
    uint32_t b7, c7, a71 = 0;
    if (!__get_cpuid_count(7, 0, &a, &b7, &c7, &d)) {
        return false;
    }
    if (a >= 1) {
        uint32_t b71, c71, d71;
        __get_cpuid_count(7, 1, &a71, &b71, &c71, &d71);
    }
    bool avx2 = has_fma && (b7 & bit_AVX2) && (state & AVX_STATE) == AVX_STATE;
    bool avx512 = avx2 && (b7 & bit_AVX512F) && (b7 & bit_AVX512BW) && (b7 & bit_AVX512DQ) &&
                  (b7 & bit_AVX512VL) && (state & AVX512_STATE) == AVX512_STATE;
    switch (isa) {
    case CK_ISA_AVX2:
        return avx2;
    case CK_ISA_AVX512:
        return avx512;
    case CK_ISA_AVX512_VNNI:
        return avx512 && (c7 & bit_AVX512VNNI);
    case CK_ISA_AVX512_BF16:
        return avx512 && (c7 & bit_AVX512VNNI) && (a71 & bit_AVX512BF16);
    default:
        return false;
    }
}

// A set without kernels of its own for an element has those of the set below it.
static const ck_kernels *const tables[CK_ISA_COUNT][CK_ELEMENT_COUNT] = {
    [CK_ISA_SCALAR] = {&ck_scalar_f32, &ck_scalar_bf16, &ck_scalar_int8, &ck_scalar_int4},
    [CK_ISA_AVX2] = {&ck_avx2_f32, &ck_avx2_bf16, &ck_avx2_int8, &ck_avx2_int4},
    [CK_ISA_AVX512] = {&ck_avx512_f32, &ck_avx512_bf16, &ck_avx2_int8, &ck_avx2_int4},
    [CK_ISA_AVX512_VNNI] = {&ck_avx512_f32, &ck_avx512_bf16, &ck_avx512_int8, &ck_avx512_int4},
    [CK_ISA_AVX512_BF16] = {&ck_avx512_f32, &ck_avx512_native_bf16, &ck_avx512_int8,
                            &ck_avx512_int4},
};

#else

bool ck_isa_usable(ck_isa isa) { return isa == CK_ISA_SCALAR; }

static const ck_kernels *const tables[CK_ISA_COUNT][CK_ELEMENT_COUNT] = {
    [CK_ISA_SCALAR] = {&ck_scalar_f32, &ck_scalar_bf16, &ck_scalar_int8, &ck_scalar_int4},
};

#endif

const ck_kernels *_Nullable ck_kernels_for(ck_isa isa, ck_element element) {
    return ck_isa_usable(isa) ? tables[isa][element] : NULL;
}
