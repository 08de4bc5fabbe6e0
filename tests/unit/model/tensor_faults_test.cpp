// SPDX-License-Identifier: Apache-2.0
// Would break: an incomplete download or a configuration of another model would open and answer nonsense, or be refused without a word
// about which tensor and which entry. Each tensor of each tiny checkpoint is lost and cut in turn, each number of the configuration lies.
// VITRINE_CHECKPOINTS, paths with ':' between them, are taken instead of the checkpoints of the repository (gguf_twins does).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "engine/backend/backend.h"
#include "engine/core/error.h"
#include "engine/io/meta_value.h"
#include "engine/model/model.h"
#include "engine/model/tensor_check.h"
#include "tests/support/tiny_models.h"
#include "tests/unit/model/changed_source.h"

namespace vitrine::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Kind = TensorProblem::Kind;

std::vector<std::string> checkpoints() {
  std::vector<std::string> paths;
  if (const char* list = std::getenv("VITRINE_CHECKPOINTS")) {
    std::string text = list;
    for (size_t at = 0; at < text.size(); at = std::min(text.find(':', at), text.size()) + 1)
      paths.push_back(text.substr(at, std::min(text.find(':', at), text.size()) - at));
    return paths;
  }
  for (const std::string& name : tiny_models()) paths.push_back(tiny_folder(name).string());
  return paths;
}

/// Tensors that a checkpoint may leave out, with what they are then.
bool may_be_absent(const WeightSource& source, const std::string& name) {
  const std::set<std::string> folder = {"final_logits_bias"};                            // a buffer of BART and Marian: zeros
  const std::set<std::string> gguf = {"output.weight",                                   // llama.cpp takes the embedding
                                      "rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"};  // no scaling
  const std::string* type = meta_str(source.meta("model_type"));
  if (name == "token_types.weight" && !source.meta("tokenizer.ggml.token_type_count")) return true;  // llama.cpp does without
  if (type && name == "lm_head.weight" && *type == "eurobert") return true;  // the encoder without its head
  return (source.container() == "gguf" ? gguf : folder).contains(name);
}

/// A model without positions leaves the factors of a rotary scheme, which its GGUF may hold, where they are.
bool is_read(const WeightSource& source, const std::string& name) { return !name.starts_with("rope_") || !header_spec(source)->ropes.empty(); }

/// A vector may be stored as a matrix of its groups.
bool same_but_for_ones(const Shape& a, const Shape& b) {
  if (a.rank() == 1 && a.numel() == b.numel()) return true;
  std::vector<int64_t> left, right;
  for (int i = 0; i < a.rank(); ++i) if (a[i] != 1) left.push_back(a[i]);
  for (int i = 0; i < b.rank(); ++i) if (b[i] != 1) right.push_back(b[i]);
  return left == right;
}

std::string said(const TensorCheck& check, const std::string& refusal = {}) {
  std::string text = refusal;
  for (const TensorProblem& problem : check.problems) text += problem.text + "; ";
  return text.empty() ? "nothing" : text;
}

class TensorFaults : public testing::TestWithParam<std::string> {
 protected:
  const std::unique_ptr<WeightSource> good_ = open_weights(GetParam());
  const std::shared_ptr<Backend> backend_ = make_backend({.threads = 1});

  /// The check, or why the configuration cannot be read with these tensors.
  TensorCheck check(const WeightSource& source, std::string& refusal) {
    try {
      return check_tensors(source, backend_);
    } catch (const Error& error) {
      refusal = error.what();
      return {};
    }
  }

  std::string error_of(const WeightSource& source) {
    try {
      load_model(source, backend_);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_P(TensorFaults, NoTensorOfAGoodCheckpointIsMissingOrUnused) {
  const TensorCheck check = check_tensors(*good_, backend_);
  EXPECT_TRUE(check.fits()) << said(check);
  EXPECT_THAT(check.unused, testing::IsEmpty());
}

TEST_P(TensorFaults, ALostTensorIsNamedWithTheShapeExpected) {
  for (size_t i = 0; i < good_->tensors().size(); ++i) {
    const TensorInfo& lost = good_->tensors()[i];
    if (may_be_absent(*good_, lost.name)) continue;
    ChangedSource source(*good_);
    source.lose(i);
    std::string refusal;
    const TensorCheck check = this->check(source, refusal);
    const bool named = refusal.find(lost.name + " is missing, expected [") != std::string::npos ||
                       std::any_of(check.problems.begin(), check.problems.end(), [&](const TensorProblem& problem) {
                         return problem.kind == Kind::missing && problem.text.find(lost.name + " ") != std::string::npos && same_but_for_ones(problem.expected, lost.shape);
                       });
    EXPECT_TRUE(named) << lost.name << " " << lost.shape.str() << ": " << said(check, refusal);
    EXPECT_LE(check.problems.size(), 2u) << lost.name << ": " << said(check);
  }
}

TEST_P(TensorFaults, ACutTensorIsNamedWithBothShapes) {
  for (size_t i = 0; i < good_->tensors().size(); ++i)
    for (int axis = 0; axis < good_->tensors()[i].shape.rank(); ++axis) {
      const TensorInfo& whole = good_->tensors()[i];
      if (!is_read(*good_, whole.name)) continue;
      if (is_block_format(whole.dtype) && axis == whole.shape.rank() - 1) continue;  // no file can hold that
      ChangedSource source(*good_);
      source.cut(i, axis);
      std::string refusal;
      const TensorCheck check = this->check(source, refusal);
      const bool named = refusal.find(whole.name + " " + source.tensors()[i].shape.str()) != std::string::npos ||
                         std::any_of(check.problems.begin(), check.problems.end(), [&](const TensorProblem& problem) {
                           return problem.name == whole.name && problem.text.find(source.tensors()[i].shape.str()) != std::string::npos &&
                                  (problem.kind == Kind::unreadable || problem.expected.numel() == whole.shape.numel());
                         });
      EXPECT_TRUE(named) << whole.name << " " << source.tensors()[i].shape.str() << " of " << whole.shape.str() << ": " << said(check, refusal);
    }
}

TEST_P(TensorFaults, ATensorNobodyAskedForIsListedAndNoError) {
  ChangedSource source(*good_);
  source.add("somebody.else.weight", 0);
  EXPECT_THAT(check_tensors(source, backend_).unused, testing::ElementsAre("somebody.else.weight"));
  EXPECT_EQ(error_of(source), "no error");
}

TEST_P(TensorFaults, LoadingSaysFileTensorShapeAndRemedy) {
  for (const size_t i : {size_t(0), good_->tensors().size() - 1}) {
    const std::string name = good_->tensors()[i].name;
    ChangedSource lost(*good_), cut(*good_);
    cut.cut(i, 0);
    if (!is_read(*good_, name)) continue;
    EXPECT_THAT(error_of(cut), testing::AllOf(HasSubstr(GetParam()), HasSubstr(name), HasSubstr(cut.tensors()[i].shape.str()), HasSubstr("; check")));
    if (may_be_absent(*good_, name)) continue;
    EXPECT_THAT(error_of(lost.lose(i)), testing::AllOf(HasSubstr(GetParam()), HasSubstr(name + " "), HasSubstr("missing, expected ["), HasSubstr("; check")));
  }
}

TEST_P(TensorFaults, AnEntryThatContradictsTheTensorsIsNamedWithThem) {
  for (const char* key : {"hidden_size", "intermediate_size", "num_hidden_layers", "vocab_size", "num_key_value_heads"}) {
    const auto value = meta_i64(good_->meta(key));
    if (!value || good_->container() == "gguf") continue;
    MetaValue twice;
    twice.value = 2 * *value;
    ChangedSource source(*good_);
    source.set(key, twice);
    TensorCheck check;
    try {
      check = check_tensors(source, backend_);
    } catch (const Error&) {
      continue;  // contradicts the rest of the configuration, and bad_input_test sees to it that this is said
    }
    if (check.fits()) continue;  // a value this family does not read
    EXPECT_THAT(contradicting_entry(source, backend_), testing::AnyOf(HasSubstr(key), HasSubstr("layer_types"))) << said(check);
    EXPECT_TRUE(good_->find(check.problems[0].name) || check.problems[0].kind == Kind::missing) << said(check);
  }
}

std::string label(const testing::TestParamInfo<std::string>& info) {
  std::string name = fs::path(info.param).stem().string();
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Checkpoints, TensorFaults, testing::ValuesIn(checkpoints()), label);

}  // namespace
}  // namespace vitrine::test
