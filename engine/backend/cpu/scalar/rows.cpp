// SPDX-License-Identifier: Apache-2.0
// The row kernels compiled for this folder's instruction set.
#include "engine/backend/cpu/simd/vec_scalar.h"

#define VT_ROW_TABLE row_kernels_scalar
#include "engine/backend/cpu/simd/rows.h"
