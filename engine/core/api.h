// SPDX-License-Identifier: Apache-2.0
// Marks what libvitrine_engine.so exports; everything else is hidden.
#pragma once

#define VT_API __attribute__((visibility("default")))
