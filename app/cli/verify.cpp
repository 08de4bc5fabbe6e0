// SPDX-License-Identifier: Apache-2.0
// verify DIR...: loads the checkpoint of each fixture folder (or MODEL) and compares with what was recorded there.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "app/cli/run_flags.h"
#include "app/cli/variant_flags.h"
#include "app/cli/verify_case.h"
#include "app/cli/verify_gradients.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/io/weight_source.h"
#include "engine/model/variant.h"

namespace vitrine::cli {

namespace {

struct Options {
  std::vector<std::filesystem::path> folders;
  std::filesystem::path model;
  RunFlags run{"exact"};
  bool quiet = false, json = false;
  VariantText variant;
};

/// A folder of fixtures stands for all that lie in it.
std::vector<std::filesystem::path> expand(const std::vector<std::filesystem::path>& folders) {
  std::vector<std::filesystem::path> all;
  for (const auto& folder : folders) {
    if (!std::filesystem::is_directory(folder)) throw Error(ErrorKind::io, "no such folder", "name a folder with reference.json", folder.string());
    if (std::filesystem::exists(folder / "reference.json")) {
      all.push_back(folder);
      continue;
    }
    std::vector<std::filesystem::path> inside;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (std::filesystem::exists(entry.path() / "reference.json")) inside.push_back(entry.path());
    std::sort(inside.begin(), inside.end());
    if (inside.empty()) throw Error(ErrorKind::input, "neither this folder nor one in it has a reference.json", "name a fixture folder", folder.string());
    all.insert(all.end(), inside.begin(), inside.end());
  }
  return all;
}

/// `architecture` becomes our id of what was loaded.
void verify_folder(const std::filesystem::path& folder, const Options& options, const std::shared_ptr<Backend>& backend, VerifyReport& report,
                   std::string& architecture) {
  const bool published = !std::filesystem::exists(folder / "config.json");
  if (published && options.model.empty()) return report.skip(folder.filename().string(), "give the published weights with --model");
  const auto source = open_weights(options.model.empty() ? folder : options.model);
  std::shared_ptr<const Model> model;
  try {
    const bool gradients = options.model.empty() && options.variant.empty() && std::filesystem::exists(folder / kGradientFile);  // they have the names of the folder's tensors
    model = make_variant(load_model(*source, backend, {}, gradients ? Purpose::gradients : Purpose::inference), options.variant);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::unsupported) throw;
    return report.skip(folder.filename().string(), e.message());
  }
  architecture = model->spec().arch;
  if (published)
    verify_published(folder, model, options.run.precision_asked(), report);
  else
    verify_checkpoint(folder, model, report);
}

nlohmann::ordered_json json_row(const VerifyOutcome& found, const std::string& architecture) {
  nlohmann::ordered_json row = {{"name", found.name}, {"architecture", architecture}, {"result", found.result}, {"checked", found.checked}};
  if (!found.why.empty()) row["why"] = found.why;
  return row;
}

int verify(const Options& options) {
  const auto backend = make_backend({.threads = options.run.threads, .isa = options.run.isa});
  int passed = 0, failed = 0, skipped = 0;
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const std::filesystem::path& folder : expand(options.folders)) {
    VerifyReport report(folder.filename().string(), options.json    ? VerifyShow::nothing
                                                    : options.quiet ? VerifyShow::folders
                                                                    : VerifyShow::tensors);
    std::string architecture;
    try {
      verify_folder(folder, options, backend, report, architecture);
    } catch (const std::exception& e) {
      report.fail(e.what());
    }
    if (options.json) rows.push_back(json_row(report.outcome(), architecture));
    if (report.finish())
      ++passed;
    else
      ++(report.skipped() ? skipped : failed);
  }
  if (options.json)
    std::printf("%s\n", rows.dump(1).c_str());
  else
    std::printf("%d passed, %d failed%s\n", passed, failed, skipped ? cat(", ", skipped, " skipped").c_str() : "");
  return failed ? kCheckFailed : kOk;
}

}  // namespace

void register_verify(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("verify", "Compare a checkpoint with the tensors and ids recorded beside it");
  command->add_option("folders", options->folders, "Fixture folders, or folders of them")->required();
  command->add_option("--model", options->model, "These weights instead of the folder's own (published ones, another container)");
  add_variant_flags(*command, options->variant);
  add_run_flags(*command, options->run, " (published weights)");
  command->add_flag("-q,--quiet", options->quiet, "Only the line per folder and the count");
  command->add_flag("--json", options->json, "A list: {name, architecture, result, checked, why} per folder");
  command->callback([options, &runner] { runner.run = [options] { return verify(*options); }; });
}

}  // namespace vitrine::cli
