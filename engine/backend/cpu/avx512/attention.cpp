// SPDX-License-Identifier: Apache-2.0
// The attention kernels compiled for this folder's instruction set.
#include "engine/backend/cpu/simd/vec_avx512.h"

#define VT_ATTENTION_TABLE attention_kernels_avx512
#include "engine/backend/cpu/simd/attention.h"
