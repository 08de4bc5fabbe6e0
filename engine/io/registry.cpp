// SPDX-License-Identifier: Apache-2.0
// open_weights: the list of containers, and what is said about files that are none.
#include <algorithm>
#include <fstream>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/containers.h"
#include "engine/io/gguf.h"
#include "engine/io/mapped_file.h"
#include "engine/io/safetensors.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

/// The .gguf files of a folder; of a split only the first part.
std::vector<fs::path> gguf_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const size_t of = name.rfind("-of-");
    const bool later_part = of != std::string::npos && of >= 6 && name.compare(of - 6, 6, "-00001") != 0;
    if (entry->path().extension() == ".gguf" && !later_part) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool matches_gguf(const fs::path& path) {
  if (is_folder(path)) return !gguf_files(path).empty();
  return path.extension() == ".gguf" || is_gguf(path);
}

std::unique_ptr<WeightSource> open_gguf_path(const fs::path& path) {
  if (!is_folder(path)) return open_gguf(path);
  const auto files = gguf_files(path);
  if (files.size() == 1) return open_gguf(files[0]);
  std::string names;
  for (const auto& file : files) names += (names.empty() ? "" : ", ") + file.filename().string();
  throw Error(ErrorKind::input, cat("the folder holds ", files.size(), " GGUF models: ", names), "open one of them",
              path.string());
}

bool matches_safetensors(const fs::path& path) {
  return is_folder(path) ? has_safetensors(path) : path.extension() == ".safetensors";
}

/// A weight file of a model stands for its folder; any other .safetensors file for itself.
std::unique_ptr<WeightSource> open_safetensors_path(const fs::path& path) {
  if (is_folder(path)) return open_safetensors_folder(path);
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const std::string name = path.filename().string();
  const bool part = name.starts_with("model-") && fs::exists(folder / "model.safetensors.index.json");
  if ((name == "model.safetensors" || part) && fs::exists(folder / "config.json"))
    return open_safetensors_folder(folder);
  return open_safetensors_file(path);
}

constexpr Container kContainers[] = {
    {"safetensors", matches_safetensors, open_safetensors_path},
    {"gguf", matches_gguf, open_gguf_path},
};

bool is_pickle(const fs::path& path) {
  static constexpr std::string_view kExtensions[] = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"};
  return std::find(std::begin(kExtensions), std::end(kExtensions), path.extension().string()) != std::end(kExtensions);
}

bool has_pickle(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (is_pickle(entry->path())) return true;
  return false;
}

[[noreturn]] void refuse(const fs::path& path) {
  const bool folder = is_folder(path);
  std::error_code error;
  if (folder) fs::directory_iterator(path, error);
  if (error)
    throw Error(ErrorKind::io, cat("cannot read the folder: ", error.message()), "give yourself permission to read it",
                path.string());
  if (folder ? has_pickle(path) : is_pickle(path))
    throw Error(ErrorKind::unsupported,
                "pickled PyTorch weights can run code when they are read, so they are not opened",
                "convert them where you trust them: python -c \"from transformers import AutoModelForCausalLM as M; "
                "M.from_pretrained('FOLDER').save_pretrained('OUT', safe_serialization=True)\", or with llama.cpp's "
                "convert_hf_to_gguf.py",
                path.string());
  if (folder)
    throw Error(ErrorKind::io, "the folder holds no model weights (*.safetensors or *.gguf)",
                "choose the folder that holds config.json and model.safetensors, or a .gguf file", path.string());
  MappedFile::open(path);  // missing, unreadable or empty: says so
  throw Error(ErrorKind::unsupported, "neither a GGUF file nor safetensors",
              "choose a .gguf file or a Hugging Face folder", path.string());
}

}  // namespace

std::span<const Container> containers() noexcept { return kContainers; }

std::unique_ptr<WeightSource> open_weights(const fs::path& path) {
  if (!is_there(path)) throw Error(ErrorKind::io, "there is no such file or folder", "check the path", path.string());
  for (const Container& container : kContainers) {
    if (!container.matches(path)) continue;
    auto source = container.open(path);
    source->check_intact();
    return source;
  }
  refuse(path);
}

}  // namespace vitrine
