#pragma once

#include "CKernels.h"

// The whole-number half of packing, called by layout.c.

void ck_pack_int8(const float *rows, size_t row_count, size_t row_stride, size_t depth,
                  void *panel);
void ck_pack_int4(ck_fit fit, const float *rows, size_t row_count, size_t row_stride, size_t depth,
                  void *panel);

/// The weights that a panel stands for in one channel.
void ck_unpack_whole(ck_element element, const void *panel, size_t channel, size_t depth,
                     float *out);
