// SPDX-License-Identifier: Apache-2.0
// Would break: the Open dialog's list of models already on the machine; a strange folder there must not stop it.
#include "engine/io/model_finder.h"

#include <map>

#include "engine/io/meta_value.h"
#include "tests/unit/io/files.h"

namespace vitrine {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

std::string gguf_model(const std::string& architecture) {
  return gguf_bytes({.tensors = {{}},
                     .meta = Bytes().str("general.architecture").put(8u).str(architecture),
                     .meta_count = 1,
                     .data_bytes = 32});
}
const std::string kWeights = safetensors_bytes(R"({"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}})", 8);

/// A home folder, and the models found under it by name.
struct Machine {
  Folder home;
  std::map<std::string, std::string> variables;

  Environment environment() const {
    auto all = variables;
    all["HOME"] = home.path().string();
    return [all](const std::string& name) {
      const auto found = all.find(name);
      return found == all.end() ? std::nullopt : std::optional(found->second);
    };
  }
  FinderOptions options() const {
    FinderOptions options{.places = model_places(environment())};
    std::erase_if(options.places,
                  [&](auto& place) { return !place.folder.string().starts_with(home.path().string()); });
    return options;
  }
  std::map<std::string, FoundModel> find() const { return find(options()); }
  static std::map<std::string, FoundModel> find(const FinderOptions& options) {
    std::map<std::string, FoundModel> by_name;
    for (const FoundModel& model : find_models(options)) by_name[model.name] = model;
    return by_name;
  }
  void hub(const std::string& hub, const std::string& repository, const std::string& commit, const std::string& file,
           const std::string& bytes) const {
    const std::string blob =
        hub + "/" + repository + "/blobs/" + std::to_string(std::hash<std::string>()(file + commit));
    home.write(blob, bytes);
    const fs::path link = home / (hub + "/" + repository + "/snapshots/" + commit + "/" + file);
    fs::create_directories(link.parent_path());
    fs::create_symlink(home / blob, link);
  }
};

TEST(ModelFinder, NothingInstalledIsAnEmptyList) { EXPECT_THAT(Machine().find(), IsEmpty()); }

TEST(ModelFinder, HuggingFaceCacheShowsTheMainSnapshot) {
  const Machine machine;
  const std::string hub = ".cache/huggingface/hub", repository = "models--org--tiny--model";
  machine.hub(hub, repository, "c1", "config.json", R"({"model_type": "llama"})");
  machine.hub(hub, repository, "c1", "model.safetensors", kWeights);
  machine.hub(hub, repository, "c2", "config.json", R"({"model_type": "qwen3"})");
  machine.hub(hub, repository, "c2", "model.safetensors", kWeights);
  machine.home.write(hub + "/" + repository + "/refs/main", "c2\n");
  machine.hub(hub, "models--org--quants", "c1", "sub/m.Q4_1.gguf", gguf_model("gemma3"));
  machine.hub(hub, "datasets--org--data", "c1", "config.json", "{}");
  const auto models = machine.find();
  ASSERT_EQ(models.size(), 2u);
  const FoundModel& folder = models.at("org/tiny--model");
  EXPECT_EQ(folder.architecture, "qwen3");
  EXPECT_EQ(folder.container, "safetensors");
  EXPECT_EQ(folder.quantization, "BF16");
  EXPECT_EQ(folder.bytes, int64_t(kWeights.size()));
  EXPECT_TRUE(folder.loadable()) << folder.reason;
  EXPECT_EQ(models.at("org/quants/sub/m.Q4_1.gguf").architecture, "gemma3");
}

TEST(ModelFinder, TheVariablesOfHuggingFaceCount) {
  for (const char* variable : {"HF_HOME", "HF_HUB_CACHE"}) {
    Machine machine;
    machine.variables[variable] = (machine.home / "elsewhere").string();
    machine.hub(std::string(variable) == "HF_HOME" ? "elsewhere/hub" : "elsewhere", "models--gpt2", "c", "m.gguf",
                gguf_model("gpt2"));
    EXPECT_EQ(machine.find().count("gpt2/m.gguf"), 1u) << variable;
  }
}

TEST(ModelFinder, LmStudioLlamaCppAndOwnFolders) {
  Machine machine;
  machine.home.write(".lmstudio/models/org/repo/a.gguf", gguf_model("llama"));
  machine.home.write(".cache/lm-studio/models/org/repo/b.gguf", gguf_model("llama"));
  machine.home.write(".cache/llama.cpp/c.gguf", gguf_model("llama"));
  machine.home.write(".local/share/vitrine/models/d.gguf", gguf_model("llama"));
  machine.home.write("mine/e.gguf", gguf_model("llama"));
  FinderOptions options = machine.options();
  options.extra_folders = {machine.home / "mine", machine.home / "absent"};
  const auto models = Machine::find(options);
  ASSERT_EQ(models.size(), 5u);
  EXPECT_EQ(models.at("org/repo/a.gguf").source, "LM Studio");
  EXPECT_EQ(models.at("org/repo/b.gguf").source, "LM Studio");
  EXPECT_EQ(models.at("c.gguf").source, "llama.cpp");
  EXPECT_EQ(models.at("d.gguf").source, "Vitrine");
  EXPECT_EQ(models.at("e.gguf").source, "Folder");
  machine.variables["XDG_DATA_HOME"] = (machine.home / "data").string();
  EXPECT_EQ(own_models_folder(machine.environment()), machine.home / "data/vitrine/models");
}

TEST(ModelFinder, OllamaManifestsLeadToBlobs) {
  Machine machine;
  machine.variables["OLLAMA_MODELS"] = (machine.home / "ollama").string();
  const std::string digest(64, 'a'), gone(64, 'b');
  const auto manifest = [](const std::string& digest) {
    return R"({"layers": [{"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:)" +
           std::string(64, 'c') + R"("}, {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:)" +
           digest + R"("}]})";
  };
  machine.home.write("ollama/blobs/sha256-" + digest, gguf_model("llama"));
  const std::string registry = "ollama/manifests/registry.ollama.ai/";
  machine.home.write(registry + "library/llama3.2/1b", manifest(digest));
  machine.home.write(registry + "someone/gone/latest", manifest(gone));
  machine.home.write(registry + "library/broken/latest", "{");
  machine.home.write(registry + "library/sly/latest", manifest("../../../../etc/passwd"));
  const auto models = machine.find();
  ASSERT_EQ(models.size(), 3u);
  EXPECT_TRUE(models.at("llama3.2:1b").loadable());
  EXPECT_EQ(models.at("llama3.2:1b").path, machine.home / ("ollama/blobs/sha256-" + digest));
  EXPECT_THAT(models.at("someone/gone:latest").reason, HasSubstr("no such file"));
  EXPECT_THAT(models.at("broken:latest").reason, HasSubstr("JSON"));
}

TEST(ModelFinder, WhatCannotBeLoadedSaysWhy) {
  const Machine machine;
  const std::string own = ".local/share/vitrine/models/";
  machine.home.write(own + "pickled/config.json", "{}");
  machine.home.write(own + "pickled/pytorch_model.bin", "PK\3\4....");
  machine.home.write(own + "cut.gguf", gguf_model("llama").substr(0, 70));
  machine.home.write(own + "mmproj.gguf", gguf_model("clip"));
  machine.home.write(own + "vocab.gguf", gguf_bytes({}));
  machine.home.write(own + "mamba.gguf", gguf_model("mamba"));
  machine.home.write(own + "split-00001-of-00002.gguf",
                     gguf_bytes({.tensors = {{}},
                                 .meta = Bytes().str("split.count").put(2u).put(uint16_t(2)),
                                 .meta_count = 1,
                                 .data_bytes = 32}));
  machine.home.write(own + "other-00002-of-00002.gguf", gguf_model("llama"));
  FinderOptions options = machine.options();
  options.refuse = [](const WeightSource& source) {
    return *meta_str(source.meta("general.architecture")) == "mamba" ? std::string("no code for mamba") : std::string();
  };
  const auto models = Machine::find(options);
  ASSERT_EQ(models.size(), 6u);
  EXPECT_EQ(models.at("pickled").container, "pickle");
  EXPECT_EQ(models.at("pickled").bytes, 8);
  EXPECT_THAT(models.at("pickled").reason, HasSubstr("safe_serialization"));
  EXPECT_THAT(models.at("cut.gguf").reason, HasSubstr("cut off"));
  EXPECT_THAT(models.at("mmproj.gguf").reason, HasSubstr("projector"));
  EXPECT_THAT(models.at("vocab.gguf").reason, HasSubstr("without weights"));
  EXPECT_EQ(models.at("mamba.gguf").reason, "no code for mamba");
  EXPECT_THAT(models.at("split-00001-of-00002.gguf").reason, HasSubstr("split-00002-of-00002.gguf"));
}

TEST(ModelFinder, CirclesOfLinksEndAndAModelIsListedOnce) {
  const Machine machine;
  const std::string own = ".local/share/vitrine/models/";
  machine.home.write(own + "a/m.gguf", gguf_model("llama"));
  fs::create_directory_symlink(machine.home / own, machine.home / (own + "a/circle"));
  fs::create_symlink(machine.home / (own + "a/m.gguf"), machine.home / (own + "a/same.gguf"));
  EXPECT_EQ(machine.find().size(), 1u);
}

TEST(ModelFinder, ReportsAsItGoesAndStops) {
  const Machine machine;
  for (const char* name : {"a.gguf", "b.gguf", "c.gguf"})
    machine.home.write(std::string(".local/share/vitrine/models/") + name, gguf_model("llama"));
  std::stop_source stop;
  FinderOptions options = machine.options();
  int calls = 0;
  options.found = [&](const FoundModel&) {
    ++calls;
    stop.request_stop();
  };
  options.stop = stop.get_token();
  EXPECT_EQ(find_models(options).size(), 1u);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace vitrine
