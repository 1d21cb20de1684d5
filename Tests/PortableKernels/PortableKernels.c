#include "PortableKernels.h"

extern const ck_kernels portable_f32, portable_bf16, portable_native_bf16, portable_int8,
    portable_int4, portable_amx_bf16, portable_amx_int8, portable_amx_int4;

static const ck_kernels *const tables[CK_ISA_COUNT][CK_ELEMENT_COUNT] = {
    [CK_ISA_AVX512] = {[CK_F32] = &portable_f32, [CK_BF16] = &portable_bf16},
    [CK_ISA_AVX512_VNNI] = {[CK_INT8] = &portable_int8, [CK_INT4] = &portable_int4},
    [CK_ISA_AVX512_BF16] = {[CK_BF16] = &portable_native_bf16},
    [CK_ISA_AMX] = {[CK_BF16] = &portable_amx_bf16,
                    [CK_INT8] = &portable_amx_int8,
                    [CK_INT4] = &portable_amx_int4},
};

const ck_kernels *_Nullable portable_kernels(ck_isa isa, ck_element element) {
#if defined(__x86_64__)
    if (!ck_isa_usable(CK_ISA_AVX2)) {
        return NULL;
    }
#endif
    return tables[isa][element];
}
