#include "table.h"

// Detection is compiled without target attributes, so that it never executes an instruction it
// is looking for.

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t enabled_state(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

// XCR0 bits (Intel SDM vol. 1, 13.1): SSE and AVX state; then opmask and both ZMM halves.
#define AVX_STATE ((uint64_t)0x6)
#define AVX512_STATE ((uint64_t)0xe6)
// Tile configuration and tile data.
#define TILE_STATE ((uint64_t)0x60000)

// CPUID leaf 7, EDX (Intel SDM vol. 2, CPUID).
#define HAS_AMX_BF16 (1u << 22)
#define HAS_AMX_TILE (1u << 24)
#define HAS_AMX_INT8 (1u << 25)
// Leaf 7.1, EAX.
#define HAS_AVX_VNNI (1u << 4)

// From asm/prctl.h and the x86 documentation of Linux, "Using XSTATE features in user space".
#define REQUEST_STATE_PERMISSION 0x1023
#define TILE_DATA_STATE 18

// Linux gives a process the 8 KiB of tile registers only if it asks. Threads started before the
// first call have the permission too.
static bool tiles_are_allowed(void) {
    static atomic_int answer; // 0 not asked, 1 yes, 2 no
    int known = atomic_load(&answer);
    if (known == 0) {
        long code = syscall(SYS_arch_prctl, REQUEST_STATE_PERMISSION, TILE_DATA_STATE);
        known = code == 0 ? 1 : 2;
        atomic_store(&answer, known);
    }
    return known == 1;
}

// Intel's CPUs do a VDPBF16PS in the time of four VFMADD231PS, which multiply half as many numbers
// each (measured on Sapphire and Emerald Rapids: 32 against 64 operations a cycle).
static bool bf16_is_slow(void) {
    uint32_t a, b, c, d;
    return __get_cpuid(0, &a, &b, &c, &d) && b == signature_INTEL_ebx;
}

const char *_Nullable ck_isa_refusal(ck_isa isa) {
    if (isa == CK_ISA_SCALAR) {
        return NULL;
    }
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_FMA) || !(c & bit_F16C)) {
        return "the CPU lacks FMA or F16C";
    }
    uint64_t state = c & bit_OSXSAVE ? enabled_state() : 0;
    uint32_t b7, c7, d7, a71 = 0;
    if (!__get_cpuid_count(7, 0, &a, &b7, &c7, &d7) || !(b7 & bit_AVX2)) {
        return "the CPU lacks AVX2";
    }
    if (a >= 1) {
        uint32_t b71, c71, d71;
        __get_cpuid_count(7, 1, &a71, &b71, &c71, &d71);
    }
    if ((state & AVX_STATE) != AVX_STATE) {
        return "the operating system does not save the registers of AVX (XCR0)";
    }
    if (isa == CK_ISA_AVX2) {
        return NULL;
    }
    if (isa == CK_ISA_AVX_VNNI) {
        return a71 & HAS_AVX_VNNI ? NULL : "the CPU lacks AVX-VNNI";
    }
    if (!(b7 & bit_AVX512F) || !(b7 & bit_AVX512BW) || !(b7 & bit_AVX512DQ) ||
        !(b7 & bit_AVX512VL)) {
        return "the CPU lacks AVX-512 F, BW, DQ or VL";
    }
    if ((state & AVX512_STATE) != AVX512_STATE) {
        return "the operating system does not save the registers of AVX-512 (XCR0)";
    }
    if (isa == CK_ISA_AVX512) {
        return NULL;
    }
    if (!(c7 & bit_AVX512VNNI)) {
        return "the CPU lacks AVX-512 VNNI";
    }
    if (isa == CK_ISA_AVX512_VNNI) {
        return NULL;
    }
    if (!(a71 & bit_AVX512BF16)) {
        return "the CPU lacks AVX-512 BF16";
    }
    if (isa == CK_ISA_AVX512_BF16) {
        return NULL;
    }
    const uint32_t tiles = HAS_AMX_TILE | HAS_AMX_INT8 | HAS_AMX_BF16;
    if ((d7 & tiles) != tiles) {
        return "the CPU lacks AMX for int8 and bf16";
    }
    if ((state & TILE_STATE) != TILE_STATE) {
        return "the operating system does not save the registers of AMX (XCR0)";
    }
    return tiles_are_allowed() ? NULL : "the operating system refuses permission for AMX tiles";
}

// A set without kernels of its own for an element has those of the best set that is part of it.
static const ck_kernels *const tables[CK_ISA_COUNT][CK_ELEMENT_COUNT] = {
    [CK_ISA_SCALAR] = {&ck_scalar_f32, &ck_scalar_bf16, &ck_scalar_int8, &ck_scalar_int4},
    [CK_ISA_AVX2] = {&ck_avx2_f32, &ck_avx2_bf16, &ck_avx2_int8, &ck_avx2_int4},
    [CK_ISA_AVX_VNNI] = {&ck_avx2_f32, &ck_avx2_bf16, &ck_avx_vnni_int8, &ck_avx_vnni_int4},
    [CK_ISA_AVX512] = {&ck_avx512_f32, &ck_avx512_bf16, &ck_avx2_int8, &ck_avx2_int4},
    [CK_ISA_AVX512_VNNI] = {&ck_avx512_f32, &ck_avx512_bf16, &ck_avx512_int8, &ck_avx512_int4},
    [CK_ISA_AVX512_BF16] = {&ck_avx512_f32, &ck_avx512_native_bf16, &ck_avx512_int8,
                            &ck_avx512_int4},
    [CK_ISA_AMX] = {&ck_avx512_f32, &ck_amx_bf16, &ck_amx_int8, &ck_amx_int4},
};

#else

const char *_Nullable ck_isa_refusal(ck_isa isa) {
    return isa == CK_ISA_SCALAR ? NULL : "its kernels are for x86-64";
}

static bool bf16_is_slow(void) { return false; }

static const ck_kernels *const tables[CK_ISA_COUNT][CK_ELEMENT_COUNT] = {
    [CK_ISA_SCALAR] = {&ck_scalar_f32, &ck_scalar_bf16, &ck_scalar_int8, &ck_scalar_int4},
};

#endif

bool ck_isa_usable(ck_isa isa) { return ck_isa_refusal(isa) == NULL; }

const ck_kernels *_Nullable ck_kernels_of(ck_isa isa, ck_element element) {
    return ck_isa_usable(isa) ? tables[isa][element] : NULL;
}

const ck_kernels *_Nullable ck_kernels_for(ck_isa isa, ck_element element) {
    const ck_kernels *kernels = ck_kernels_of(isa, element);
    if (isa == CK_ISA_AVX512_BF16 && element == CK_BF16 && kernels && bf16_is_slow()) {
        return tables[CK_ISA_AVX512][CK_BF16];
    }
    return kernels;
}
