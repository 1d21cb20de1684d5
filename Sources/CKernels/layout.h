#pragma once

#include "CKernels.h"

// The whole-number half of packing, called by layout.c.

void ck_pack_int8(const float *rows, size_t row_count, size_t row_stride, size_t depth,
                  void *panel);
void ck_pack_int4(ck_fit fit, const float *rows, size_t row_count, size_t row_stride, size_t depth,
                  void *panel);

/// ck_store_key and ck_store_value for int8.
void ck_store_int8_key(const float *key, size_t depth, void *panel, size_t channel);
float ck_store_int8_value(const float *value, size_t depth, void *cache, size_t step_bytes,
                          size_t position);

/// The weights that a panel stands for in one channel.
void ck_unpack_whole(ck_element element, const void *panel, size_t channel, size_t depth,
                     float *out);
