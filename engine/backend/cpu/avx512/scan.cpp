// SPDX-License-Identifier: Apache-2.0
// The kernels over time compiled for this folder's instruction set.
#include "engine/backend/cpu/simd/vec_avx512.h"

#define VT_SCAN_TABLE scan_kernels_avx512
#include "engine/backend/cpu/simd/scan.h"
