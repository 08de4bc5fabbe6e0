// SPDX-License-Identifier: Apache-2.0
// Marks what libvitrine_ui.so exports.
#pragma once

#define VT_UI __attribute__((visibility("default")))
