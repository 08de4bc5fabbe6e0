// SPDX-License-Identifier: Apache-2.0
// The kernels over time compiled for this folder's instruction set.
#include "engine/backend/cpu/simd/vec_avx2.h"

#define VT_SCAN_TABLE scan_kernels_avx2
#include "engine/backend/cpu/simd/scan.h"
