// SPDX-License-Identifier: Apache-2.0
#include "engine/backend/cpu/self_check.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/core/bfloat16.h"

namespace vitrine::cpu {

namespace {

/// In the child: no core file, no handler of the program it was forked from, one byte for "passed".
[[noreturn]] void answer(bool (*check)(), int pipe) noexcept {
  prctl(PR_SET_DUMPABLE, 0);
  for (int signal_number : {SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGTRAP}) signal(signal_number, SIG_DFL);
  const char passed = 1;
  if (check() && write(pipe, &passed, 1) == 1) _exit(0);
  _exit(1);
}

bool reads_answer(int pipe, int limit_ms) noexcept {
  pollfd wait{.fd = pipe, .events = POLLIN, .revents = 0};
  int ready;
  do ready = poll(&wait, 1, limit_ms);
  while (ready < 0 && errno == EINTR);
  char passed = 0;
  return ready == 1 && read(pipe, &passed, 1) == 1 && passed == 1;
}

constexpr int kRecords = 3, kTokens = 13;  // both turns of a kernel that works on records in pairs; a cut tile

/// Codes and scales as an unpacked panel has them: codes whose zero is 128 take the whole byte, others stay below 64.
void fill_panel(RecordKind kind, uint8_t (&panel)[kRecords * kUnpackedBytes]) noexcept {
  const int shift = kind == RecordKind::scaled || kind == RecordKind::halves ? 24 : 26;
  uint32_t state = 1;
  for (uint8_t* record = panel; record < panel + sizeof panel; record += kUnpackedBytes) {
    for (int i = 0; i < kRecordCodes; ++i) record[i] = uint8_t((state = state * 1664525 + 1013904223) >> shift);
    for (int i = 0; i < 4 * kPanelRows; ++i) {
      const float scale = 1.0f / float(3 + i) - 0.1f;
      std::memcpy(record + kRecordCodes + 4 * i, &scale, 4);
    }
  }
}

void fill_tokens(const MatmulKernels& kernels, uint8_t (&tile)[kRecords * activation_bytes(kTileTokens)]) noexcept {
  std::memset(tile, 0, sizeof tile);
  for (int t = 0; t < kTokens; ++t) {
    float x[kRecords * kRecordColumns];
    for (int i = 0; i < kRecords * kRecordColumns; ++i) x[i] = float((i * 37 + t * 11) % 101) / 25 - 2;
    kernels.quantize(x, kRecords, tile, kTileTokens, t);
  }
}

constexpr int kBf16Panels = 2, kOutputs = kBf16Panels * kPanelRows;
constexpr int kBlocks = 3, kColumns = kBlocks * kBf16Columns;  // in calls of one and of two blocks
constexpr int kMostTokens = 16;

/// Operands whose sums are rounded, so that another order of them has other bits.
struct Bf16Trial {
  float x[kMostTokens][kColumns], w[kBf16Panels][kColumns][kPanelRows], bias[kOutputs], expected[kMostTokens][kOutputs];
  uint16_t tile[kMostTokens * kColumns], pairs[kBf16Panels][kColumns * kPanelRows];
};

void fill(Bf16Trial& trial) noexcept {
  uint32_t state = 1;
  const auto next = [&state] { return float((state = state * 1664525 + 1013904223) >> 8) / 0x1p23f - 1; };
  for (auto& token : trial.x)
    for (float& value : token) value = next();
  for (auto& panel : trial.w)
    for (auto& column : panel)
      for (float& value : column) value = next();
  for (float& value : trial.bias) value = next();
  for (int t = 0; t < kMostTokens; ++t)
    for (int o = 0; o < kOutputs; ++o) {
      float sum = 0;
      for (int block = 0; block < kColumns; block += kBf16Columns) {
        float parts[2] = {};  // a product of two bfloat16 is exact: these are fused multiply-adds
        for (int c = block; c < block + kBf16Columns; ++c)
          parts[c % 2] += round_bf16(trial.x[t][c]) * round_bf16(trial.w[o / kPanelRows][c][o % kPanelRows]);
        sum += parts[0] + parts[1];
      }
      trial.expected[t][o] = sum;
    }
}

/// Tokens first, first + 1 ... in a tile of `width`: two calls, the second with the bias; nothing else is written.
bool multiplies(const Bf16Kernels& kernels, Bf16Trial& trial, int first, int tokens, int width) noexcept {
  kernels.tokens(trial.x[first], kColumns, tokens, kColumns, width, trial.tile);
  float sums[kMostTokens + 1][kOutputs] = {};
  if (kernels.enter) kernels.enter(width);
  for (int from = 0, count = kBf16Columns; from < kColumns; from += count, count = kColumns - from)
    kernels.multiply(trial.tile + from * width, width, tokens, trial.pairs[0] + from * kPanelRows,
                     kColumns * kPanelRows, kBf16Panels, count,
                     {.out = sums[0], .step = kOutputs, .more = from > 0, .bias = from > 0 ? trial.bias : nullptr});
  if (kernels.leave) kernels.leave();
  for (int t = 0; t <= kMostTokens; ++t)
    for (int o = 0; o < kOutputs; ++o)
      if (sums[t][o] != (t < tokens ? trial.expected[first + t][o] + trial.bias[o] : 0)) return false;
  return true;
}

bool multiplies_row(const Bf16Kernels& kernels, Bf16Trial& trial, int token) noexcept {
  kernels.tokens(trial.x[token], kColumns, 1, kColumns, 1, trial.tile);
  float sums[kOutputs];
  for (int p = 0; p < kBf16Panels; ++p)
    kernels.row(PlainType::f32, trial.w[p], kColumns, trial.tile, sums + p * kPanelRows);
  return std::memcmp(sums, trial.expected[token], sizeof sums) == 0;
}

}  // namespace

bool passes_in_child(bool (*check)(), int limit_ms) noexcept {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  const pid_t child = fork();
  if (child == 0) answer(check, ends[1]);
  close(ends[1]);
  const bool passed = child > 0 && reads_answer(ends[0], limit_ms);
  close(ends[0]);
  if (child > 0) {
    if (!passed) kill(child, SIGKILL);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  return passed;
}

bool same_tiles(const MatmulKernels& a, const MatmulKernels& b) noexcept {
  alignas(64) uint8_t panel[kRecords * kUnpackedBytes], tokens[kRecords * activation_bytes(kTileTokens)];
  fill_tokens(a, tokens);
  for (RecordKind kind : {RecordKind::scaled, RecordKind::scaled_min, RecordKind::halves, RecordKind::halves_min}) {
    fill_panel(kind, panel);
    float sums[2][kTileTokens * kPanelRows] = {};
    for (int i = 0; i < 2; ++i) {
      const MatmulKernels& kernels = i == 0 ? a : b;
      if (kernels.enter_tiles) kernels.enter_tiles(kind);
      kernels.tile(kind, panel, kRecords, tokens, kTokens, sums[i], kPanelRows);
      if (kernels.leave_tiles) kernels.leave_tiles();
    }
    if (std::memcmp(sums[0], sums[1], sizeof sums[0]) != 0) return false;
  }
  return true;
}

bool bf16_in_tile_order(const Bf16Kernels& kernels) noexcept {
  Bf16Trial trial;
  fill(trial);
  for (int p = 0; p < kBf16Panels; ++p) kernels.panel(PlainType::f32, trial.w[p], kColumns, trial.pairs[p]);
  const int width = kernels.tile_tokens;
  if (width > kMostTokens || !multiplies(kernels, trial, 0, width, width) || !multiplies(kernels, trial, 2, 5, width))
    return false;
  return multiplies(kernels, trial, 7, 1, 1) && multiplies_row(kernels, trial, 7);
}

}  // namespace vitrine::cpu
