// SPDX-License-Identifier: Apache-2.0
// The kernels over time compiled for this folder's instruction set.
#include "engine/backend/cpu/simd/vec_scalar.h"

#define VT_SCAN_TABLE scan_kernels_scalar
#include "engine/backend/cpu/simd/scan.h"
