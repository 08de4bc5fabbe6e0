// SPDX-License-Identifier: Apache-2.0
#include "app/cli/verify_states.h"

#include <cmath>

namespace vitrine::cli {

namespace {

using Values = std::vector<float>;

/// [rows, columns] -> [columns, rows], appended.
void append_turned(Values& out, const Values& state, size_t rows) {
  const size_t columns = state.size() / rows;
  for (size_t c = 0; c < columns; ++c)
    for (size_t r = 0; r < rows; ++r) out.push_back(state[r * columns + c]);
}

/// A recorded name of RWKV: which slot, and which of its rows.
struct Row {
  std::string_view name;
  size_t slot, row, rows;
};
constexpr Row kRwkvRows[] = {{"state.att_shift", 0, 1, 2}, {"state.num", 1, 0, 3}, {"state.den", 1, 1, 3}, {"state.max", 1, 2, 3}, {"state.ffn_shift", 2, 1, 2}};

std::optional<Values> rwkv_state(const ModelSpec& spec, const ProbeResult& result, const Row& row) {
  Values out;
  for (const auto& sequence : result.states) {
    Values layers;                   // [layers, width]
    for (size_t layer = 0; layer < spec.layers().size(); ++layer) {
      if (sequence[layer].size() <= row.slot) return std::nullopt;
      const Values& state = sequence[layer][row.slot];
      const size_t width = state.size() / row.rows;
      layers.insert(layers.end(), state.begin() + int64_t(row.row * width), state.begin() + int64_t((row.row + 1) * width));
    }
    append_turned(out, layers, spec.layers().size());
  }
  return out;
}

}  // namespace

std::optional<Values> recorded_state(const ModelSpec& spec, const ProbeResult& result, const std::string& name) {
  for (const Row& row : kRwkvRows)
    if (name == row.name) return rwkv_state(spec, result, row);
  const bool conv = name.starts_with("final_conv_states.");
  if (!conv && !name.starts_with("final_recurrent_states.")) return std::nullopt;
  const size_t layer = size_t(std::stoi(name.substr(name.find('.') + 1))), slot = conv ? 0 : 1;
  if (layer >= spec.layers().size()) return std::nullopt;
  Values out;
  for (const auto& sequence : result.states) {
    if (sequence[layer].size() <= slot) return std::nullopt;
    const Values& state = sequence[layer][slot];
    const size_t rows = size_t(state_shapes(spec.layers()[layer], spec.dim)[slot][0]);
    if (!conv && spec.layers()[layer].mixer == Mixer::gated_delta)
      out.insert(out.end(), state.begin(), state.end());
    else
      append_turned(out, state, rows);
  }
  return out;
}

bool lists_after_first_layer(const ModelSpec& spec) {
  return spec.arch == "mamba" || spec.arch == "falcon_mamba" || spec.arch == "mamba2" || spec.arch == "rwkv4";
}

bool limits_time_steps(const ModelSpec& spec) {
  for (const LayerSpec& layer : spec.layers())
    if (layer.mixer == Mixer::mamba2 && (layer.mamba2.least_step > 0 || std::isfinite(layer.mamba2.most_step))) return true;
  return false;
}

}  // namespace vitrine::cli
