// SPDX-License-Identifier: Apache-2.0
// Where programs keep models, from the environment.
#include <algorithm>
#include <cstdlib>

#include "engine/io/model_finder.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> folder_of(const Environment& environment, const std::string& name) {
  const auto value = environment(name);
  return value && !value->empty() ? std::optional<fs::path>(*value) : std::nullopt;
}

fs::path home(const Environment& environment) { return folder_of(environment, "HOME").value_or("/"); }

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

fs::path own_models_folder(const Environment& environment) {
  return folder_of(environment, "XDG_DATA_HOME").value_or(home(environment) / ".local" / "share") / "vitrine" /
         "models";
}

std::vector<ModelPlace> model_places(const Environment& environment) {
  const fs::path user = home(environment), cache = folder_of(environment, "XDG_CACHE_HOME").value_or(user / ".cache");
  std::vector<ModelPlace> places;
  const auto add = [&](const char* source, const std::optional<fs::path>& folder,
                       ModelLayout layout = ModelLayout::tree) {
    if (!folder) return;
    const bool known = std::any_of(places.begin(), places.end(), [&](auto& place) { return place.folder == *folder; });
    if (!known) places.push_back({source, *folder, layout});
  };
  add("Vitrine", own_models_folder(environment));
  add("Hugging Face", folder_of(environment, "HF_HUB_CACHE"), ModelLayout::hugging_face);
  if (const auto hf_home = folder_of(environment, "HF_HOME"))
    add("Hugging Face", *hf_home / "hub", ModelLayout::hugging_face);
  add("Hugging Face", cache / "huggingface" / "hub", ModelLayout::hugging_face);
  add("LM Studio", user / ".lmstudio" / "models");
  add("LM Studio", cache / "lm-studio" / "models");
  add("Ollama", folder_of(environment, "OLLAMA_MODELS"), ModelLayout::ollama);
  add("Ollama", user / ".ollama" / "models", ModelLayout::ollama);
  add("Ollama", fs::path("/usr/share/ollama/.ollama/models"), ModelLayout::ollama);
  add("llama.cpp", folder_of(environment, "LLAMA_CACHE"));
  add("llama.cpp", cache / "llama.cpp");
  return places;
}

}  // namespace vitrine
