// SPDX-License-Identifier: Apache-2.0
// trace: watches sites while a prompt (and its greedy continuation) runs and writes them to a safetensors file, each under our name
// ("3.attn_probs", "final_norm", "encoder.0.resid_post") and under TransformerLens' ("blocks.3.attn.hook_pattern").
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>

#include "app/cli/command.h"
#include "app/cli/run_flags.h"
#include "app/cli/variant_flags.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/safetensors.h"
#include "engine/io/safetensors_writer.h"
#include "engine/model/probe.h"
#include "engine/model/text_assets.h"
#include "engine/run/generation_defaults.h"
#include "engine/model/variant.h"

namespace vitrine::cli {

namespace {

using nlohmann::json;

struct Options {
  std::filesystem::path model, edit, out;
  std::string prompt;
  std::vector<std::string> watch;
  VariantText variant;
  int generate = 0;
  RunFlags run{"exact"};
  bool special = true;
};

Error bad_edit(const std::filesystem::path& file, const std::string& why) {
  return Error(ErrorKind::input, why,
               "each entry: {\"site\": \"resid_post\", \"layers\": [3], \"heads\": [], \"positions\": [], \"channels\": [], \"op\": \"scale|add|replace|project\", "
               "\"factor\": 1, \"vector\": [...]} or \"from\": {\"file\": F, \"tensor\": NAME}",
               file.string());
}

/// "vector": numbers, or "from": a tensor of another trace.
std::vector<float> edit_values(const json& entry, const std::filesystem::path& file) {
  if (entry.contains("vector")) return entry.at("vector").get<std::vector<float>>();
  if (!entry.contains("from")) throw bad_edit(file, "an edit has neither \"vector\" nor \"from\"");
  std::filesystem::path other = entry.at("from").at("file").get<std::string>();
  if (other.is_relative()) other = file.parent_path() / other;
  const auto source = open_safetensors_file(other);
  const std::string name = entry.at("from").at("tensor").get<std::string>();
  const TensorInfo* info = source->find(name);
  if (!info) throw Error(ErrorKind::input, cat("no tensor \"", name, "\""), "use a name that trace wrote", other.string());
  return tensor_values(*info);
}

Edit read_edit(const json& entry, const std::filesystem::path& file) {
  const std::string op = entry.at("op").get<std::string>();
  const float factor = entry.value("factor", 1.0f);
  if (op == "scale") return Scale{factor};
  if (op == "add") return AddVec{edit_values(entry, file), factor};
  if (op == "replace") return Replace{edit_values(entry, file)};
  if (op == "project") return Project{edit_values(entry, file), factor};
  throw bad_edit(file, cat("no edit is called \"", op, "\""));
}

std::vector<Watch> read_edits(const std::filesystem::path& path) {
  static const std::set<std::string> known{"site", "layers", "heads", "positions", "channels", "op", "factor", "vector", "from"};
  std::ifstream file(path);
  if (!file) throw Error(ErrorKind::io, "cannot be read", "check the path given to --edit", path.string());
  std::vector<Watch> watches;
  try {
    json list = json::parse(file);
    if (list.is_object()) list = json::array({list});
    for (const json& entry : list) {
      for (const auto& [key, value] : entry.items())
        if (!known.count(key)) throw bad_edit(path, cat("unknown field \"", key, "\""));
      const std::string name = entry.at("site").get<std::string>();
      const std::optional<Address> place = address_of_name(name);
      if (!place) throw bad_edit(path, cat("no site is called \"", name, "\""));
      for (int layer : entry.value("layers", std::vector<int>{kAllLayers})) {
        Watch watch{.at = {.stack = place->stack, .layer = int16_t(layer), .site = place->site}, .capture = false, .edits = {read_edit(entry, path)}};
        watch.select.heads = entry.value("heads", std::vector<int>{});
        watch.select.channels = entry.value("channels", std::vector<int>{});
        watch.select.positions = entry.value("positions", std::vector<int64_t>{});
        watches.push_back(std::move(watch));
      }
    }
  } catch (const json::exception& e) {
    throw bad_edit(path, e.what());
  }
  return watches;
}

/// Hits of one site and layer over all steps, joined along the rows where the shapes allow it, else kept per step. Where one place is
/// watched with several reductions, all but the first are named after theirs: "3.attn_probs" and "3.attn_probs.topk(8)".
class TraceFile {
 public:
  explicit TraceFile(const std::vector<Watch>& watches) {
    for (size_t i = 0; i < watches.size(); ++i) {
      std::string ending;
      bool again = false;
      for (size_t j = 0; j < i; ++j) {
        const Address &a = watches[i].at, &b = watches[j].at;
        const bool meet = a.stack == b.stack && a.site == b.site && (a.layer == b.layer || a.layer == kAllLayers || b.layer == kAllLayers);
        if (!meet || !watches[i].capture || !watches[j].capture) continue;
        const std::string own = reduce_text(watches[i].reduce);
        again = again || (own == reduce_text(watches[j].reduce) && (a.layer == b.layer || b.layer == kAllLayers));
        ending = "." + own;
      }
      endings_.push_back(again ? std::nullopt : std::optional(ending));
    }
  }

  void add(const ProbeHit& hit, int step) {
    const std::optional<std::string>& ending = endings_.at(size_t(hit.watch));
    if (!ending) return;  // asked for twice
    const std::string own = address_name(hit.at), lens = address_lens_name(hit.at);
    constexpr Site kHeadsFirst[] = {Site::attn_probs, Site::attn_scores, Site::cross_probs, Site::cross_scores};
    const bool per_step = std::find(std::begin(kHeadsFirst), std::end(kHeadsFirst), hit.at.site) != std::end(kHeadsFirst);
    const std::string suffix = *ending + (per_step && step > 0 ? cat(".step", step) : "");
    append(own + suffix, hit);
    if (lens != own) append(lens + suffix, hit);
  }

  void write(const std::filesystem::path& path, const std::vector<std::pair<std::string, std::string>>& metadata) {
    std::vector<NamedTensorBytes> tensors;
    for (const auto& [name, entry] : entries_) {
      tensors.push_back({name, entry.shape, DType::f32, std::as_bytes(std::span(entry.values))});
      if (!entry.ids.empty()) tensors.push_back({name + ".ids", entry.shape, DType::i32, std::as_bytes(std::span(entry.ids))});
    }
    write_safetensors(path, tensors, metadata);
    std::printf("%zu tensors written to %s\n", tensors.size(), path.string().c_str());
  }

 private:
  struct Entry {
    Shape shape;
    std::vector<float> values;
    std::vector<int32_t> ids;
  };

  void append(const std::string& name, const ProbeHit& hit) {
    Entry& entry = entries_[name];
    if (entry.values.empty())
      entry.shape = hit.shape;
    else
      entry.shape[0] += hit.shape[0];
    entry.values.insert(entry.values.end(), hit.values.begin(), hit.values.end());
    entry.ids.insert(entry.ids.end(), hit.ids.begin(), hit.ids.end());
  }

  std::vector<std::optional<std::string>> endings_;  // of each watch; none: another one writes the same
  std::map<std::string, Entry> entries_;
};

int trace(const Options& options) {
  const auto backend = make_backend({.threads = options.run.threads, .isa = options.run.isa});
  const auto source = open_weights(options.model);
  const auto model = make_variant(load_model(*source, backend), options.variant);
  const auto tokenizer = load_tokenizer(*source);
  std::vector<int32_t> ids = tokenizer->encode_ids(options.prompt, {.add_special = options.special});
  if (ids.empty()) throw Error(ErrorKind::input, "the prompt gives no tokens", "pass some text to --prompt");
  std::vector<Watch> watches;
  if (!options.edit.empty()) watches = read_edits(options.edit);
  for (const std::string& text : options.watch)
    for (Watch& watch : parse_watch(text)) watches.push_back(std::move(watch));
  TraceFile file(watches);
  std::vector<int32_t> generated, source_ids;
  const Precision precision = options.run.precision_asked();
  if (!model->spec().stacks[0].causal) {
    const ProbeSequence sequence{ids};
    for (const ProbeHit& hit : run_sequences(*model, {&sequence, 1}, precision, watches).hits) file.add(hit, 0);
  } else {
    ProbeLane lane(model, precision);
    lane.watches = watches;
    if (model->encoder()) {  // the prompt is what the encoder reads
      const int32_t start = read_generation_defaults(*source).decoder_start;
      source_ids = std::exchange(ids, {start >= 0 ? start : model->spec().decoder_start});
      lane.encode(source_ids);
    }
    std::vector<float> logits = lane.feed(ids, true);
    for (int step = 0;; ++step) {
      for (const ProbeHit& hit : lane.hits) file.add(hit, step);
      lane.hits.clear();
      if (step >= options.generate) break;
      generated.push_back(argmax(std::span(logits).last(size_t(model->spec().vocab))));
      logits = lane.feed({&generated.back(), 1});
    }
  }
  std::vector<std::pair<std::string, std::string>> metadata{{"model", model->spec().name}, {"instruction_set", std::string(backend->instruction_set())},
                                                            {"precision", options.run.precision}, {"prompt_ids", json(ids).dump()},
                                                            {"generated_ids", json(generated).dump()}};
  if (!source_ids.empty()) metadata.push_back({"source_ids", json(source_ids).dump()});
  file.write(options.out, metadata);
  return kOk;
}

}  // namespace

void register_trace(CLI::App& app, Runner& runner) {
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("trace", "Write watched sites of a run to a safetensors file");
  command->add_option("model", o->model, "GGUF file or Hugging Face folder")->required();
  command->add_option("--prompt", o->prompt, "Text to run; an encoder-decoder reads it with its encoder")->required();
  add_variant_flags(*command, o->variant);
  command->add_option("--generate", o->generate, "Greedy tokens after the prompt")->check(CLI::Range(0, 1000000));
  command->add_option("--watch", o->watch, "SITE[@layers][:reduce], repeatable; encoder_SITE: of an encoder-decoder's encoder")->required();
  command->add_option("--edit", o->edit, "JSON file of edits: scale, add, replace, project");
  command->add_option("--out", o->out, "File to write")->required();
  add_run_flags(*command, o->run);
  command->add_flag("!--no-special", o->special, "Do not add BOS and its like");
  command->callback([o, &runner] { runner.run = [o] { return trace(*o); }; });
}

}  // namespace vitrine::cli
