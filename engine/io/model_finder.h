// SPDX-License-Identifier: Apache-2.0
// Models that other programs have already put on this machine; nothing is written or moved. Only headers are read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/api.h"
#include "engine/io/weight_source.h"

namespace vitrine {

struct FoundModel {
  std::filesystem::path path = {};  // what open_weights() takes
  std::string name = {};            // "HuggingFaceTB/SmolLM2-135M-Instruct", "llama3.2:1b", "model.Q4_1.gguf"
  std::string source = {};          // "Hugging Face", "LM Studio", "Ollama", "llama.cpp", "Vitrine", "Folder"
  std::string container = {};       // "gguf", "safetensors", "pickle"
  std::string architecture = {};    // empty: not given or not readable
  std::string quantization = {};    // "Q4_K_M", "BF16"
  int64_t bytes = 0;                // of the weight files
  int64_t parameters = 0;
  int64_t weight_bytes = 0, kv_bytes_per_token = 0;  // memory when loaded; f16 keys and values
  std::string reason = {};                           // why it cannot be loaded and what to do; empty: it can

  bool loadable() const noexcept { return reason.empty(); }
};

/// How a program keeps its models.
enum class ModelLayout : uint8_t { tree, hugging_face, ollama };

struct ModelPlace {
  std::string source;
  std::filesystem::path folder;
  ModelLayout layout = ModelLayout::tree;
};

/// nullopt: the variable is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
VT_API Environment process_environment();

/// Where to look, whether or not it exists: $HF_HUB_CACHE, $HF_HOME/hub, ~/.cache/huggingface/hub; ~/.lmstudio/models,
/// ~/.cache/lm-studio/models; $OLLAMA_MODELS, ~/.ollama/models, /usr/share/ollama/.ollama/models; $LLAMA_CACHE,
/// ~/.cache/llama.cpp; $XDG_DATA_HOME/vitrine/models or ~/.local/share/vitrine/models. ($XDG_CACHE_HOME in place of
/// ~/.cache.)
VT_API std::vector<ModelPlace> model_places(const Environment& environment);

/// The folder Vitrine downloads models to.
VT_API std::filesystem::path own_models_folder(const Environment& environment);

struct FinderOptions {
  std::vector<ModelPlace> places = model_places(process_environment());
  std::vector<std::filesystem::path> extra_folders = {};
  /// Why the program cannot run a checkpoint it can read ("no code for architecture mamba"); empty text: it can.
  std::function<std::string(const WeightSource&)> refuse = {};
  /// Called for each model as it is found, on the calling thread.
  std::function<void(const FoundModel&)> found = {};
  std::stop_token stop = {};
};

/// All models, each once, in the order of the places and then by name. Unreadable folders are skipped, unreadable
/// models listed with the reason. At most 100,000 directory entries are looked at a place. Never throws for what it
/// finds.
VT_API std::vector<FoundModel> find_models(const FinderOptions& options);

}  // namespace vitrine
