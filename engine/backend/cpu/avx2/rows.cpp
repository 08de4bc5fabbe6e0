// SPDX-License-Identifier: Apache-2.0
// The row kernels compiled for this folder's instruction set.
#include "engine/backend/cpu/simd/vec_avx2.h"

#define VT_ROW_TABLE row_kernels_avx2
#include "engine/backend/cpu/simd/rows.h"
