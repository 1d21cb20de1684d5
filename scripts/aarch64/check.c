// Whether kernels compute the same on this CPU as on others: prints a checksum for everything that
// is the same on every machine, and holds the portable tables against the scalar ones. Built by
// scripts/check-aarch64.

#include "CKernels.h"
#include "PortableKernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PANELS 5
#define MOST_ROWS 37

static const char *const names[] = {"f32", "bf16", "int8", "int4"};

// FNV-1a.
static uint64_t checksum(const void *bytes, size_t count) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
    }
    return hash;
}

static void *zeroed(size_t byte_count) {
    void *memory = aligned_alloc(64, (byte_count + 63) / 64 * 64);
    if (!memory) {
        abort();
    }
    return memset(memory, 0, byte_count);
}

typedef struct operands {
    ck_element element;
    size_t depth;
    char *a, *b;
} operands;

static size_t steps_of(ck_element element, size_t depth) {
    size_t blocks = (depth + CK_BLOCK - 1) / CK_BLOCK;
    return element == CK_F32 ? depth : element == CK_BF16 ? (depth + 1) / 2 : blocks * 16;
}

// Seeded rows as the scalar table makes them, and panels.
static operands operands_of(ck_element element, size_t depth) {
    size_t row_bytes = ck_row_bytes(element, depth), panel_bytes = ck_panel_bytes(element, depth);
    operands o = {element, depth, zeroed(MOST_ROWS * row_bytes), zeroed(PANELS * panel_bytes)};
    const ck_kernels *scalar = ck_kernels_for(CK_ISA_SCALAR, element);
    float *numbers = zeroed(CK_PANEL * depth * sizeof *numbers);
    for (size_t row = 0; row < MOST_ROWS; row++) {
        ck_random_row(row, 0, 1.0f, 0.0f, depth, numbers);
        scalar->narrow(numbers, 0.5f, depth, o.a + row * row_bytes);
    }
    for (size_t panel = 0; panel < PANELS; panel++) {
        for (size_t channel = 0; channel < CK_PANEL; channel++) {
            ck_random_row(1000 + panel * CK_PANEL + channel, 0, 1.0f, 0.0f, depth,
                          numbers + channel * depth);
        }
        ck_pack_panel(element, CK_FIT_SQUARES, numbers, CK_PANEL, depth, depth,
                      steps_of(element, depth), o.b + panel * panel_bytes);
    }
    free(numbers);
    return o;
}

static void multiply(const ck_kernels *table, const operands *o, size_t rows, void *scratch,
                     float *c) {
    ck_matmul m = {.a = o->a,
                   .a_row_bytes = ck_row_bytes(o->element, o->depth),
                   .b = o->b,
                   .b_panel_bytes = ck_panel_bytes(o->element, o->depth),
                   .b_step_bytes = CK_STEP_BYTES,
                   .rows = rows,
                   .steps = steps_of(o->element, o->depth),
                   .c = c,
                   .c_row_bytes = PANELS * CK_PANEL * sizeof *c,
                   .output = CK_STORE,
                   .scratch = scratch};
    table->matmul(&m, 0, PANELS);
}

// Whether a table encodes rows as the scalar one does; real numbers are only rounded.
static bool encodes_alike(const ck_kernels *table, const operands *o) {
    size_t row_bytes = ck_row_bytes(o->element, o->depth);
    float *numbers = zeroed(o->depth * sizeof *numbers);
    char *row = zeroed(row_bytes);
    bool is_alike = true;
    for (size_t i = 0; i < MOST_ROWS; i++) {
        ck_random_row(i, 0, 1.0f, 0.0f, o->depth, numbers);
        table->narrow(numbers, 0.5f, o->depth, row);
        is_alike = is_alike && memcmp(row, o->a + i * row_bytes, row_bytes) == 0;
    }
    free(numbers);
    free(row);
    return is_alike;
}

static bool agree(ck_element element, const float *x, const float *y, size_t count, size_t depth) {
    if (element >= CK_INT8) {
        return memcmp(x, y, count * sizeof *x) == 0;
    }
    for (size_t i = 0; i < count; i++) {
        // Numbers within ±1, summed in another order.
        if (!(fabsf(x[i] - y[i]) <= (float)depth * 0x1p-22f)) {
            return false;
        }
    }
    return true;
}

int main(void) {
    int wrong = 0, compared = 0;
    float numbers[1000];
    ck_random_row(7, 3, 2.0f, 0.5f, 1000, numbers);
    printf("random %016llx\n", (unsigned long long)checksum(numbers, sizeof numbers));
    for (ck_element element = CK_F32; element <= CK_INT4; element++) {
        const size_t depths[] = {64, 130, 576};
        for (size_t d = 0; d < 3; d++) {
            operands o = operands_of(element, depths[d]);
            printf("%s %zu rows %016llx panels %016llx", names[element], o.depth,
                   (unsigned long long)checksum(o.a, MOST_ROWS * ck_row_bytes(element, o.depth)),
                   (unsigned long long)checksum(o.b, PANELS * ck_panel_bytes(element, o.depth)));
            const size_t rows[] = {1, 3, 16, MOST_ROWS};
            for (size_t r = 0; r < 4; r++) {
                size_t count = rows[r] * PANELS * CK_PANEL;
                float *plain = zeroed(count * sizeof *plain), *fast = zeroed(count * sizeof *fast);
                size_t scratch_bytes = ck_scratch_bytes(element, o.depth);
                for (int widened = 0; widened <= (scratch_bytes > 0); widened++) {
                    void *scratch = widened ? zeroed(scratch_bytes) : NULL;
                    multiply(ck_kernels_for(CK_ISA_SCALAR, element), &o, rows[r], scratch, plain);
                    if (element >= CK_INT8) {
                        printf(" %016llx",
                               (unsigned long long)checksum(plain, count * sizeof *plain));
                    }
                    for (ck_isa isa = CK_ISA_AVX2; isa < CK_ISA_COUNT; isa++) {
                        const ck_kernels *tables[] = {portable_kernels(isa, element),
                                                      ck_kernels_for(isa, element)};
                        for (int t = 0; t < 2; t++) {
                            if (!tables[t] || (widened && !tables[t]->widens)) {
                                continue;
                            }
                            multiply(tables[t], &o, rows[r], scratch, fast);
                            compared++;
                            if (!agree(element, fast, plain, count, o.depth) ||
                                !encodes_alike(tables[t], &o)) {
                                fprintf(stderr, "%s table of %s, set %d: %zu rows × %zu differ\n",
                                        t ? "fast" : "portable", names[element], isa, rows[r],
                                        o.depth);
                                wrong++;
                            }
                        }
                    }
                    free(scratch);
                }
                free(plain);
                free(fast);
            }
            printf("\n");
            free(o.a);
            free(o.b);
        }
    }
    fprintf(stderr, "%d products compared with the scalar ones\n", compared);
    return wrong > 0 || compared == 0;
}
