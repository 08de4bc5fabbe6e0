// SPDX-License-Identifier: Apache-2.0
// inspect MODEL: what a checkpoint holds and what it will cost, from its header alone (no weights are read, but for
// --hash and --sites).
#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "app/cli/checkpoint_uses.h"
#include "app/cli/command.h"
#include "app/cli/site_list.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/checkpoint_facts.h"
#include "engine/io/error_text.h"
#include "engine/io/file_hash.h"
#include "engine/io/meta_value.h"
#include "engine/model/model.h"
#include "engine/model/recurrent_state.h"
#include "engine/model/tensor_check.h"

namespace vitrine::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string model;
  int64_t context = 0;  // 0: the checkpoint's own
  bool json = false, hash = false, tensors = true, sites = false;
};

/// Lists longer than this are shown as their length and first entries.
constexpr size_t kLongList = 64;

ordered_json to_json(const MetaValue& value) {
  if (const MetaArray* list = meta_array(&value)) {
    ordered_json entries = ordered_json::array();
    for (size_t i = 0; i < list->size() && (list->size() <= kLongList || i < 8); ++i)
      entries.push_back(to_json((*list)[i]));
    if (list->size() <= kLongList) return entries;
    return {{"length", list->size()}, {"first", entries}};
  }
  if (const std::string* text = meta_str(&value)) return *text;
  if (const auto flag = meta_bool(&value)) return *flag;
  if (const auto* integer = std::get_if<int64_t>(&value.value)) return *integer;
  if (const auto* large = std::get_if<uint64_t>(&value.value)) return *large;
  if (const auto* real = std::get_if<double>(&value.value)) return *real;
  return nullptr;
}

ordered_json optional_json(const std::optional<int64_t>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

constexpr std::string_view kMixerNames[] = {"no mixer", "attention", "latent attention", "Mamba", "Mamba-2", "RWKV", "RG-LRU", "short convolution", "gated delta rule"};
static_assert(std::size(kMixerNames) == size_t(Mixer::gated_delta) + 1);

struct Report {
  std::unique_ptr<WeightSource> source;
  CheckpointFacts facts;
  CheckpointUses uses;
  std::optional<ModelSpec> spec = {};  // none: an architecture that is not known
  int64_t context = 0;
  std::vector<std::string> hashes;  // one a file, when asked for
  ordered_json sites = {};          // when asked for
  TensorCheck check = {};
  std::string contradiction = {};   // the entry of the configuration that contradicts the tensors
  std::string unchecked = {};       // why the tensors could not be checked
};

/// Whether the tensors are those the architecture asks for.
void check(Report& report) {
  try {
    const auto backend = make_backend({.threads = 1});
    report.check = check_tensors(*report.source, backend);
    if (!report.check.fits()) report.contradiction = contradicting_entry(*report.source, backend);
  } catch (const Error& error) {
    report.unchecked = error.message();
  }
}

ordered_json shape_json(const Shape& shape) {
  ordered_json extents = ordered_json::array();
  for (int axis = 0; axis < shape.rank(); ++axis) extents.push_back(shape[axis]);
  return extents;
}

std::string_view type_name(const TensorInfo& tensor) {
  return tensor.foreign_dtype.empty() ? dtype_info(tensor.dtype).name : std::string_view(tensor.foreign_dtype);
}

/// Layers of each kind: "attention" 6, "Mamba" 18, "attention beside Mamba-2" 2.
std::map<std::string, int> layer_kinds(const ModelSpec& spec) {
  std::map<std::string, int> kinds;
  for (const LayerSpec& layer : spec.layers()) {
    const std::string mixer(kMixerNames[size_t(layer.mixer)]);
    const bool shared = layer.shared.stored_in >= 0;
    kinds[layer.attention_beside ? "attention beside " + mixer : shared ? "shared attention before " + mixer : mixer]++;
  }
  return kinds;
}

/// f16 keys and values of so many tokens: as the layers say (those with windows keep no more than these see), else as the head counts
/// in the file suggest.
std::optional<int64_t> cache_bytes(const Report& report, int64_t tokens) {
  if (report.spec) {
    if (!report.spec->stacks[0].causal) return std::nullopt;
    const int64_t one = kv_bytes_per_token(*report.spec, DType::f16);
    int64_t all = 0;
    if (one == 0) return std::nullopt;
    if (tokens > 1 && tokens < int64_t(1) << 32) return kv_bytes(*report.spec, DType::f16, tokens);
    return __builtin_mul_overflow(one, tokens, &all) ? INT64_MAX : all;
  }
  return report.facts.kv ? std::optional(report.facts.kv->bytes(tokens, DType::f16)) : std::nullopt;
}

ordered_json memory_json(const Report& report) {
  ordered_json memory = {{"weight_bytes", report.facts.weight_bytes}, {"context", report.context}};
  memory["kv_dtype"] = "f16";
  memory["kv_bytes_per_token"] = optional_json(cache_bytes(report, 1));
  memory["kv_bytes"] = optional_json(cache_bytes(report, report.context));
  memory["state_bytes"] = report.spec ? ordered_json(state_bytes(*report.spec)) : ordered_json(nullptr);
  return memory;
}

ordered_json check_json(const Report& report) {
  ordered_json problems = ordered_json::array();
  for (const TensorProblem& problem : report.check.problems) {
    ordered_json entry = {{"tensor", problem.name}, {"expected", shape_json(problem.expected)}};
    if (problem.got.rank() > 0) entry["shape"] = shape_json(problem.got);
    entry["problem"] = problem.text;
    problems.push_back(std::move(entry));
  }
  if (!report.unchecked.empty()) return {{"checked", false}, {"reason", report.unchecked}};
  return {{"checked", true}, {"problems", problems}, {"unused", report.check.unused}, {"contradiction", report.contradiction}};
}

void print_json(const Report& report) {
  const WeightSource& source = *report.source;
  const CheckpointFacts& facts = report.facts;
  ordered_json out = {{"path", source.path().string()},     {"container", source.container()},
                      {"architecture", facts.architecture}, {"name", facts.name},
                      {"licence", facts.licence},           {"quantization", facts.quantization},
                      {"parameters", facts.parameters}};
  out["layers"] = optional_json(facts.layers);
  if (report.spec) out["layer_kinds"] = layer_kinds(*report.spec);
  out["dim"] = optional_json(facts.dim);
  out["heads"] = optional_json(facts.heads);
  out["trained_context"] = optional_json(facts.context);
  out["vocab"] = optional_json(facts.vocab);
  out["tokenizer"] = facts.tokenizer;
  out["chat_template"] = facts.chat_template;
  out["commands"] = report.uses.commands;
  if (!report.uses.embedding.empty()) out["embedding"] = report.uses.embedding;
  if (!report.uses.decoding.empty()) out["decoding"] = report.uses.decoding;
  out["file_bytes"] = facts.file_bytes;
  const auto files = source.files();
  for (size_t i = 0; i < files.size(); ++i) {
    ordered_json file = {{"path", files[i].string()}};
    if (!report.hashes.empty()) file["sha256"] = report.hashes[i];
    out["files"].push_back(std::move(file));
  }
  out["memory"] = memory_json(report);
  out["tensor_check"] = check_json(report);
  if (!report.sites.empty()) out["sites"] = report.sites;
  out["dtypes"] = ordered_json::array();
  for (const DTypeShare& share : facts.dtypes)
    out["dtypes"].push_back(
        {{"dtype", share.name}, {"tensors", share.tensors}, {"elements", share.elements}, {"bytes", share.bytes}});
  out["tensors"] = ordered_json::array();
  for (const TensorInfo& tensor : source.tensors())
    out["tensors"].push_back({{"name", tensor.name},
                              {"dtype", type_name(tensor)},
                              {"shape", shape_json(tensor.shape)},
                              {"bytes", tensor.bytes.size()}});
  out["metadata"] = ordered_json::object();
  for (const std::string& key : source.meta_keys()) out["metadata"][key] = to_json(*source.meta(key));
  std::puts(out.dump(1, ' ', false, ordered_json::error_handler_t::replace).c_str());
}

void row(const char* label, const std::string& value) {
  std::printf("%-14s %s\n", label, value.empty() ? "not given" : printable(value).c_str());
}
std::string number_text(const std::optional<int64_t>& value) { return value ? std::to_string(*value) : ""; }

void print_summary(const Report& report) {
  const CheckpointFacts& facts = report.facts;
  row("model", report.source->path().string());
  row("container", std::string(report.source->container()));
  row("architecture", facts.architecture);
  row("name", facts.name);
  row("licence", facts.licence);
  row("parameters", facts.parameters > 0 ? cat(count_text(facts.parameters), " (", facts.parameters, ")") : "none");
  std::string kinds;
  if (report.spec)
    for (const auto& [kind, count] : layer_kinds(*report.spec)) kinds += cat(kinds.empty() ? ": " : ", ", count, " ", kind);
  row("layers", number_text(facts.layers) + kinds);
  row("width", number_text(facts.dim));
  const bool attention = !report.spec || std::any_of(report.spec->layers().begin(), report.spec->layers().end(), attends);
  row("heads", attention ? number_text(facts.heads) : "none: no layer has attention");
  row("vocabulary", number_text(facts.vocab));
  row("context", number_text(facts.context));
  row("tokenizer", facts.tokenizer.empty() ? "none" : facts.tokenizer);
  row("chat template", facts.chat_template ? "yes" : "no");
  std::string commands;
  for (const std::string& command : report.uses.commands) commands += cat(commands.empty() ? "" : ", ", command);
  if (!commands.empty()) row("works with", commands);
  if (!report.uses.embedding.empty()) row("embedding", report.uses.embedding);
  if (!report.uses.decoding.empty()) row("decoding", report.uses.decoding);
  row("quantization", facts.quantization);
  const auto files = report.source->files();
  row("files", cat(files.size(), ", ", bytes_text(facts.file_bytes)));
  for (size_t i = 0; i < report.hashes.size(); ++i)
    row("sha256", cat(report.hashes[i], "  ", files[i].filename().string()));
  row("weights", cat(bytes_text(facts.weight_bytes), " in memory, mapped from the file"));
  if (const auto kv = cache_bytes(report, report.context))
    row("KV cache", cat(bytes_text(*kv), " at ", report.context, " tokens (f16, ", bytes_text(*cache_bytes(report, 1)), " a token)"));
  else
    row("KV cache", report.spec ? "none: no layer keeps keys and values" : "none: no causal attention, or no head counts in the file");
  if (const int64_t state = report.spec ? state_bytes(*report.spec) : 0)
    row("state", cat(bytes_text(state), " a sequence, whatever its length (f32)"));
}

void print_check(const Report& report) {
  if (!report.unchecked.empty()) return row("tensors", cat("not checked: ", report.unchecked));
  row("tensors", report.check.fits() ? "all that the architecture asks for are there, with the shapes expected" : cat(report.check.problems.size(), " do not fit"));
  for (const TensorProblem& problem : report.check.problems) row("", problem.text);
  if (!report.contradiction.empty()) row("", report.contradiction);
  if (!report.check.unused.empty()) row("not used", cat(report.check.unused.size(), " tensors that the architecture does not ask for"));
  for (const std::string& name : report.check.unused) row("", name);
}

void print_tables(const Report& report) {
  std::printf("\n%-12s %8s %16s %14s\n", "type", "tensors", "elements", "bytes");
  for (const DTypeShare& share : report.facts.dtypes)
    std::printf("%-12s %8lld %16lld %14lld\n", printable(share.name).c_str(), static_cast<long long>(share.tensors),
                static_cast<long long>(share.elements), static_cast<long long>(share.bytes));
  std::printf("\n%-44s %-10s %-22s %14s\n", "tensor", "type", "shape", "bytes");
  for (const TensorInfo& tensor : report.source->tensors())
    std::printf("%-44s %-10s %-22s %14zu\n", printable(tensor.name).c_str(), printable(type_name(tensor)).c_str(),
                tensor.shape.str().c_str(), tensor.bytes.size());
  std::printf("\nmetadata\n");
  for (const std::string& key : report.source->meta_keys())
    std::printf("  %-42s %s\n", printable(key).c_str(), meta_text(*report.source->meta(key)).c_str());
}

int run(const Options& options) {
  if (options.context < 0)
    throw Error(ErrorKind::input, "a context of fewer than 0 tokens", "give --context a positive number");
  Report report{.source = open_weights(options.model), .facts = {}, .uses = {}, .context = options.context, .hashes = {}};
  report.facts = checkpoint_facts(*report.source);
  report.spec = header_spec(*report.source);
  if (report.spec) report.uses = checkpoint_uses(*report.source, *report.spec);
  check(report);
  if (report.context == 0) report.context = report.facts.context.value_or(4096);
  if (options.hash)
    for (const auto& file : report.source->files()) report.hashes.push_back(sha256_of_file(file));
  if (options.sites) report.sites = site_list(*report.source);
  if (options.json) {
    print_json(report);
    return kOk;
  }
  print_summary(report);
  print_check(report);
  if (options.tensors) print_tables(report);
  if (options.sites) print_sites(report.sites);
  return kOk;
}

}  // namespace

void register_inspect(CLI::App& app, Runner& runner) {
  CLI::App* command =
      app.add_subcommand("inspect", "Architecture, parameters, tensors, metadata and memory needs of a model");
  auto options = std::make_shared<Options>();
  command->add_option("MODEL", options->model, "A .gguf file, a Hugging Face folder or a .safetensors file")
      ->required();
  command->add_option("--context", options->context,
                      "Tokens for the KV cache estimate (default: what the model was trained for)");
  command->add_flag("--json", options->json, "Print JSON");
  command->add_flag("--hash", options->hash, "Also compute the SHA-256 of each file");
  command->add_flag("--sites", options->sites, "Also where a run can be watched and changed, as --watch takes it (loads the model)");
  command->add_flag("!--summary", options->tensors, "Leave out tensors and metadata");
  command->callback([options, &runner] { runner.run = [options] { return run(*options); }; });
}

}  // namespace vitrine::cli
