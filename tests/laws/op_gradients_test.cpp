// SPDX-License-Identifier: Apache-2.0
// The gradient of every op against central differences. The tables must have a row for every op that engine/nn declares: the headers are
// read, so that an op without a gradient cannot be forgotten.
#include "tests/laws/op_gradients.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

using namespace vitrine;
using namespace vitrine::op_gradients;

namespace {

/// The weighted sum of everything the op gives: one number that depends on all of it.
Tensor weighted_sum(Exec& ex, const Tensor& y) {
  std::vector<float> weights;
  for (int64_t i = 0; i < y.numel(); ++i) weights.push_back(noise(99, uint64_t(i)));
  const Tensor flat = nn::dense(ex, y).reshape({1, y.numel()});
  return nn::linear(ex, flat, {ex.upload_f32(weights, {1, y.numel()}), {}}).reshape({1});
}

class Bench {
 public:
  explicit Bench(const Case& c) : case_(c) {
    for (size_t i = 0; i < c.shapes.size(); ++i) {
      values_.emplace_back();
      for (int64_t j = 0; j < c.shapes[i].numel(); ++j) values_.back().push_back(c.shift + c.spread * noise(i + 1, uint64_t(j)));
    }
  }

  void check() {
    const auto gradients = from_tape();
    for (size_t i = 0; i < values_.size(); ++i) {
      double most = 0;
      for (float g : gradients[i]) most = std::max(most, std::abs(double(g)));
      EXPECT_GT(most, 0) << case_.name << ": the tape says that input " << i << " does not matter";
      const size_t stride = std::max<size_t>(1, values_[i].size() / 48);
      for (size_t j = 0; j < values_[i].size(); j += stride)
        EXPECT_NEAR(gradients[i][j], measured(i, j), 4e-3 * std::max(most, 0.5)) << case_.name << ", input " << i << ", element " << j;
    }
  }

 private:
  Inputs upload(Exec& ex) const {
    Inputs inputs;
    for (size_t i = 0; i < values_.size(); ++i) inputs.push_back(ex.upload_f32(values_[i], case_.shapes[i]));
    return inputs;
  }
  double loss() {
    Exec ex(*backend_, Precision::exact);
    const Inputs inputs = upload(ex);
    const Tensor sum = weighted_sum(ex, case_.op(ex, inputs));
    for (size_t i = 0; i < inputs.size(); ++i) EXPECT_EQ(backend_->snapshot(inputs[i])->f32(), values_[i]) << case_.name << " wrote over its input " << i;
    return double(backend_->snapshot(sum)->f32()[0]);
  }
  double measured(size_t input, size_t element) {
    float& x = values_[input][element];
    const float old = x, step = 4e-3f;
    x = old + step;
    const double up = loss();
    x = old - step;
    const double down = loss();
    x = old;
    return (up - down) / (2 * double(step));
  }
  std::vector<std::vector<float>> from_tape() {
    Tape tape(*backend_);
    Exec ex(*backend_, Precision::exact);
    ex.set_tape(&tape);
    const Inputs inputs = upload(ex);
    for (const Tensor& input : inputs) tape.record(input, "input");
    const Tensor sum = weighted_sum(ex, case_.op(ex, inputs));
    EXPECT_EQ(double(backend_->snapshot(sum)->f32()[0]), loss()) << case_.name << ": a tape changes the result";
    tape.backward(sum);
    std::vector<std::vector<float>> gradients;
    for (const Tensor& input : inputs) {
      const Tensor d = tape.reached(input);
      gradients.push_back(d.defined() ? backend_->snapshot(d)->f32() : std::vector<float>(size_t(input.numel())));
    }
    return gradients;
  }

  const Case& case_;
  std::shared_ptr<Backend> backend_ = make_backend({.threads = 1});
  std::vector<std::vector<float>> values_;
};

std::vector<Case> every_case() {
  std::vector<Case> all;
  for (std::vector<Case> (*table)() : {pointwise_cases, dense_cases, expert_cases, attention_cases, state_cases})
    for (Case& c : table()) all.push_back(std::move(c));
  return all;
}

/// Ops as the headers of engine/nn declare them: functions whose first argument is the context.
std::set<std::string> declared_ops() {
  static const std::regex kOp("^(?:Tensor|void|std::vector<Tensor>) (\\w+)\\(Exec& ex.*");
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(VITRINE_SOURCE_DIR) / "engine/nn")) {
    const std::string file = entry.path().filename().string();
    if (entry.path().extension() != ".h" || file.find("back") != std::string::npos) continue;  // those hold the ways back
    std::ifstream stream(entry.path());
    std::smatch match;
    for (std::string line; std::getline(stream, line);)
      if (std::regex_match(line, match, kOp)) names.insert(match[1]);
  }
  return names;
}

}  // namespace

TEST(OpGradients, AgreeWithCentralDifferences) {
  for (const Case& c : every_case()) Bench(c).check();
}

TEST(OpGradients, EveryOpIsInTheTables) {
  std::set<std::string> seen;
  for (const Case& c : every_case()) seen.insert(c.name.substr(0, c.name.find(',')));
  const std::set<std::string> declared = declared_ops();
  EXPECT_GT(declared.size(), 25u) << "hardly any op was recognised: has the style of the headers changed?";
  for (const std::string& op : declared) EXPECT_TRUE(seen.contains(op)) << "engine/nn has the op " << op << ", and no table its gradient";
}
