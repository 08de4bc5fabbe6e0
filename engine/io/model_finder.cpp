// SPDX-License-Identifier: Apache-2.0
// Walks the places where programs keep models. Layouts: a plain tree of folders; the Hugging Face cache
// (models--ORG--NAME with snapshots of symbolic links, huggingface_hub's "Understand caching"); Ollama's manifests that
// name blobs by digest.
#include "engine/io/model_finder.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/checkpoint_facts.h"
#include "engine/io/json_text.h"
#include "engine/io/mapped_file.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxEntries = 100'000;  // of directories, a place
constexpr int kMaxDepth = 6;

struct Listing {
  std::vector<fs::path> folders, gguf, safetensors, pickles;
  bool config = false;
};

bool is_later_part(const std::string& name) {
  const size_t of = name.rfind("-of-");
  return of != std::string::npos && of >= 6 && name[of - 6] == '-' && name.compare(of - 5, 5, "00001") != 0;
}

class Search {
 public:
  explicit Search(const FinderOptions& options) : options_(options) {}

  void look_into(const ModelPlace& place) {
    entries_ = 0;
    const size_t first = models_.size();
    switch (place.layout) {
      case ModelLayout::tree:
        walk(place.source, place.folder, place.folder, "", 0);
        break;
      case ModelLayout::hugging_face:
        walk_hub(place);
        break;
      case ModelLayout::ollama:
        walk_manifests(place, place.folder / "manifests", {});
        break;
    }
    std::stable_sort(models_.begin() + ptrdiff_t(first), models_.end(),
                     [](auto& a, auto& b) { return a.name < b.name; });
  }
  std::vector<FoundModel> take() { return std::move(models_); }

 private:
  bool stopped() const { return options_.stop.stop_requested() || entries_ > kMaxEntries; }

  Listing list(const fs::path& folder) {
    Listing listing;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end && !stopped();
         entry.increment(error)) {
      ++entries_;
      std::error_code ignored;
      const fs::path& path = entry->path();
      const std::string name = path.filename().string();
      // Links to files are followed (the Hugging Face cache is made of them), links to folders not: they may go in
      // circles.
      if (entry->is_directory(ignored) && !entry->is_symlink(ignored) && name[0] != '.')
        listing.folders.push_back(path);
      if (!entry->is_regular_file(ignored)) continue;
      if (path.extension() == ".gguf" && !is_later_part(name)) listing.gguf.push_back(path);
      if (path.extension() == ".safetensors" || name.ends_with(".safetensors.index.json"))
        listing.safetensors.push_back(path);
      if (name.starts_with("pytorch_model") && path.extension() == ".bin") listing.pickles.push_back(path);
      listing.config = listing.config || name == "config.json";
    }
    std::sort(listing.folders.begin(), listing.folders.end());
    return listing;
  }

  /// `prefix`: what the names of models below begin with; by default their path below the place.
  void walk(const std::string& source, const fs::path& root, const fs::path& folder, const std::string& prefix,
            int depth) {
    if (depth > kMaxDepth || stopped()) return;
    const Listing listing = list(folder);
    const std::string below = folder == root ? "" : folder.lexically_relative(root).string();
    const std::string name = prefix.empty() ? (below.empty() ? folder.filename().string() : below)
                                            : prefix + (below.empty() ? "" : "/" + below);
    if (listing.config && !listing.safetensors.empty())
      add(source, name, folder);
    else if (listing.config && !listing.pickles.empty())
      add_pickle(source, name, folder, listing.pickles);
    for (const fs::path& file : listing.gguf) {
      const std::string stem = prefix.empty() ? below : name;
      add(source, (stem.empty() ? "" : stem + "/") + file.filename().string(), file);
    }
    for (const fs::path& inner : listing.folders) walk(source, root, inner, prefix, depth + 1);
  }

  void walk_hub(const ModelPlace& place) {
    for (const fs::path& repository : list(place.folder).folders) {
      std::string name = repository.filename().string();
      if (!name.starts_with("models--")) continue;
      name = name.substr(8);
      if (const size_t at = name.find("--"); at != std::string::npos) name.replace(at, 2, "/");
      for (const fs::path& snapshot : snapshots(repository)) walk(place.source, snapshot, snapshot, name, 0);
    }
  }

  /// The snapshot that refs/main names, else all.
  std::vector<fs::path> snapshots(const fs::path& repository) {
    std::string commit;
    std::ifstream(repository / "refs" / "main") >> commit;
    std::error_code error;
    if (!commit.empty() && commit.find('/') == std::string::npos && commit != ".." &&
        fs::is_directory(repository / "snapshots" / commit, error))
      return {repository / "snapshots" / commit};
    return list(repository / "snapshots").folders;
  }

  /// manifests/REGISTRY/NAMESPACE/MODEL/TAG
  void walk_manifests(const ModelPlace& place, const fs::path& folder, std::vector<std::string> parts) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end && !stopped();
         entry.increment(error)) {
      ++entries_;
      std::error_code ignored;
      std::vector<std::string> inner = parts;
      inner.push_back(entry->path().filename().string());
      if (inner.size() < 4 && entry->is_directory(ignored)) walk_manifests(place, entry->path(), inner);
      if (inner.size() != 4 || !entry->is_regular_file(ignored)) continue;
      const std::string owner = inner[0] != "registry.ollama.ai" ? inner[0] + "/" + inner[1] + "/"
                                : inner[1] == "library"          ? ""
                                                                 : inner[1] + "/";
      add_manifest(place, owner + inner[2] + ":" + inner[3], entry->path());
    }
  }

  void add_manifest(const ModelPlace& place, const std::string& name, const fs::path& manifest) {
    FoundModel model{.path = manifest, .name = name, .source = place.source, .container = "gguf"};
    try {
      const auto json = parse_json(read_text_file(manifest, size_t(1) << 20), manifest.string());
      const std::string digest = model_digest(json);
      if (digest.empty()) return;  // an adapter or an embedding in another format
      add(place.source, name, place.folder / "blobs" / ("sha256-" + digest));
    } catch (const std::exception& error) {
      model.reason = error.what();
      report(std::move(model));
    }
  }

  static std::string model_digest(const nlohmann::json& manifest) {
    if (!manifest.is_object() || !manifest.contains("layers") || !manifest["layers"].is_array()) return {};
    for (const auto& layer : manifest["layers"]) {
      if (!layer.is_object() || !layer.contains("mediaType") ||
          layer["mediaType"] != "application/vnd.ollama.image.model")
        continue;
      const std::string digest = layer.contains("digest") && layer["digest"].is_string() ? layer["digest"] : "";
      if (digest.size() != 7 + 64 || !digest.starts_with("sha256:")) continue;
      if (digest.find_first_not_of("0123456789abcdef", 7) == std::string::npos) return digest.substr(7);
    }
    return {};
  }

  void add(const std::string& source, const std::string& name, const fs::path& path) {
    std::error_code error;
    if (stopped() || !seen_.insert(fs::weakly_canonical(path, error)).second) return;
    FoundModel model{.path = path, .name = name, .source = source};
    model.container = fs::is_directory(path, error) ? "safetensors" : "gguf";
    try {
      describe(model);
    } catch (const std::exception& problem) {
      model.reason = problem.what();
    }
    report(std::move(model));
  }

  void describe(FoundModel& model) const {
    const auto weights = open_weights(model.path);
    const CheckpointFacts facts = checkpoint_facts(*weights, false);
    model.container = weights->container();
    model.architecture = facts.architecture;
    model.quantization = facts.quantization;
    model.bytes = facts.file_bytes;
    model.parameters = facts.parameters;
    model.weight_bytes = facts.weight_bytes;
    if (facts.kv) model.kv_bytes_per_token = facts.kv->bytes(1, DType::f16);
    if (facts.architecture == "clip")
      model.reason = "the image projector of another model";
    else if (weights->tensors().empty())
      model.reason = "a vocabulary without weights";
    else if (options_.refuse)
      model.reason = options_.refuse(*weights);
  }

  void add_pickle(const std::string& source, const std::string& name, const fs::path& folder,
                  const std::vector<fs::path>& files) {
    std::error_code error;
    if (!seen_.insert(fs::weakly_canonical(folder, error)).second) return;
    FoundModel model{.path = folder, .name = name, .source = source, .container = "pickle"};
    for (const fs::path& file : files) {
      const auto size = fs::file_size(file, error);
      if (!error) model.bytes += int64_t(size);
    }
    try {
      open_weights(folder);
    } catch (const std::exception& problem) {
      model.reason = problem.what();
    }
    report(std::move(model));
  }

  void report(FoundModel model) {
    if (options_.found) options_.found(model);
    models_.push_back(std::move(model));
  }

  const FinderOptions& options_;
  std::vector<FoundModel> models_;
  std::set<fs::path> seen_;
  int entries_ = 0;
};

}  // namespace

std::vector<FoundModel> find_models(const FinderOptions& options) {
  Search search(options);
  for (const ModelPlace& place : options.places) search.look_into(place);
  for (const fs::path& folder : options.extra_folders) search.look_into({"Folder", folder, ModelLayout::tree});
  return search.take();
}

}  // namespace vitrine
