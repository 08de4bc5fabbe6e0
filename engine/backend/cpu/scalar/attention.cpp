// SPDX-License-Identifier: Apache-2.0
// The attention kernels compiled for this folder's instruction set.
#include "engine/backend/cpu/simd/vec_scalar.h"

#define VT_ATTENTION_TABLE attention_kernels_scalar
#include "engine/backend/cpu/simd/attention.h"
