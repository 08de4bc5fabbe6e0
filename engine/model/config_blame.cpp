// SPDX-License-Identifier: Apache-2.0
#include "engine/model/config_blame.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "engine/core/text.h"
#include "engine/io/meta_value.h"
#include "engine/model/decoder_model.h"
#include "engine/model/tensor_check.h"

namespace vitrine {

namespace {

/// A checkpoint with one entry of its configuration changed.
class Varied final : public WeightSource {
 public:
  Varied(const WeightSource& base, std::string key, MetaValue value) : base_(base), key_(std::move(key)), value_(std::move(value)) {}

  std::string_view container() const noexcept override { return base_.container(); }
  const std::filesystem::path& path() const noexcept override { return base_.path(); }
  std::vector<std::filesystem::path> files() const override { return base_.files(); }
  std::span<const TensorInfo> tensors() const override { return base_.tensors(); }
  const TensorInfo* find(std::string_view name) const noexcept override { return base_.find(name); }
  const MetaValue* meta(std::string_view key) const override { return key == key_ ? &value_ : base_.meta(key); }
  std::vector<std::string> meta_keys() const override { return base_.meta_keys(); }
  std::optional<std::string> companion(std::string_view file_name) const override { return base_.companion(file_name); }
  std::shared_ptr<const void> keep_alive() const override { return base_.keep_alive(); }

 private:
  const WeightSource& base_;
  std::string key_;
  MetaValue value_;
};

/// What the headers answered; valid while they are asked.
struct Answer {
  std::span<const WeightRequest> requests;
  const std::map<std::string, std::vector<std::string>>& used;
};

class Trial {
 public:
  Trial(const Architecture& architecture, const WeightSource& source, std::span<const WeightRequest> requests, const std::shared_ptr<Backend>& backend)
      : architecture_(architecture), source_(source), requests_(requests), backend_(backend), stored_layers_(count_layers(source)) {
    for (const WeightRequest& request : requests)
      if (request.fails()) failing_.push_back(&request);
    const ModelSpec now = read_spec(architecture, source);
    most_layers_ = std::max(layers_of(now), size_t(stored_layers_) * now.stacks.size());
    most_experts_ = std::max(experts_of(now), stored_experts());
    ask("", {}, [&](const Answer& now) { unused_ = unused_tensors(source_, now.used).size(); });
  }

  std::string verdict() {
    std::string deciding, settling;
    for (const std::string& key : keys()) {
      const MetaValue& value = *source_.meta(key);
      const auto number = meta_i64(&value);
      for (const MetaValue& other : others(value)) {
        bool settled = false;
        ask(key, other, [&](const Answer& answer) { settled = settles(answer); });
        if (settled)
          settling += cat(settling.empty() ? "" : ", or ", key, " is ", meta_text(value), " in the configuration; with ", meta_text(other), " every tensor would fit");
      }
      if (number && settling.empty() && decides(key, *number)) deciding += cat(deciding.empty() ? "" : ", ", key, " = ", *number);
    }
    if (!settling.empty()) return settling;
    const auto reshaped = first_reshaped();
    return deciding.empty() || !reshaped ? "" : cat("What the shape of ", reshaped->stored, " is expected to be, these entries say: ", deciding);
  }

 private:
  static constexpr size_t kMostRequests = 2'000'000;  // looked up in all
  static constexpr int64_t kMostLayers = 4096;        // of any model

  /// About as many weights as a model of this spec asks for.
  static size_t requests_of(const ModelSpec& spec) {
    size_t count = 16;
    for (const StackSpec& stack : spec.stacks)
      for (const LayerSpec& layer : stack.layers)
        count += 24 + 6 * size_t(layer.moe.experts) + (layer.mixer == Mixer::latent ? 2 * size_t(layer.heads) : 0);
    return count;
  }

  static size_t layers_of(const ModelSpec& spec) {
    size_t count = 0;
    for (const StackSpec& stack : spec.stacks) count += stack.layers.size();
    return count;
  }
  static size_t experts_of(const ModelSpec& spec) {
    int most = 0;
    for (const StackSpec& stack : spec.stacks)
      for (const LayerSpec& layer : stack.layers) most = std::max(most, layer.moe.experts);
    return size_t(most);
  }

  /// Keys of the configuration that this family reads and that are there.
  std::vector<std::string> keys() const {
    const std::string* gguf_name = meta_str(source_.meta("general.architecture"));
    const ConfigView config(source_, gguf_name ? *gguf_name : "", architecture_.keys, architecture_.hf_scope);
    std::vector<std::string> list{vocabulary_key(config)};
    for (const KeyPair& pair : architecture_.keys) list.push_back(config.key_of(pair.canonical));
    std::erase(list, "");
    std::set<std::string> seen;
    std::erase_if(list, [&](const std::string& key) { return !seen.insert(key).second; });
    return list;
  }

  const WeightRequest* first_reshaped() const {
    for (const WeightRequest* request : failing_)
      if (request->outcome == WeightRequest::Outcome::misfit) return request;
    return nullptr;
  }

  std::vector<MetaValue> others(const MetaValue& value) const {
    if (const auto number = meta_i64(&value)) return numbers(*number);
    std::vector<MetaValue> list;
    if (const auto flag = meta_bool(&value)) list.emplace_back().value = !*flag;
    return list;
  }

  /// What the number might have been: half, double, scaled as the first reshaped tensor is against what was expected, and how many layers are stored.
  std::vector<MetaValue> numbers(int64_t value) const {
    if (value < 0 || value > int64_t(1) << 31) return {};
    std::set<int64_t> list{2 * value};
    if (value % 2 == 0) list.insert(value / 2);
    if (const WeightRequest* request = first_reshaped()) {
      const Shape &want = request->expected, &got = source_.find(request->stored)->shape;
      for (int a = 0; a < want.rank(); ++a)
        for (int b = 0; b < got.rank(); ++b) {
          list.insert(got[b]);
          if (want[a] > 0 && value > 0 && got[b] < (int64_t(1) << 31) && value * got[b] % want[a] == 0) list.insert(value * got[b] / want[a]);
        }
    } else {
      list = {stored_layers_};
    }
    std::erase_if(list, [&](int64_t number) { return number == value || number < 1 || number > (int64_t(1) << 31); });
    std::vector<MetaValue> values;
    for (int64_t number : list) values.emplace_back().value = number;
    return values;
  }

  static int64_t count_layers(const WeightSource& source) {
    int64_t most = 0;
    for (const TensorInfo& info : source.tensors()) {
      const size_t digit = info.name.find_first_of("0123456789", info.name.find('.') + 1);
      if (digit == std::string::npos || info.name[digit - 1] != '.') continue;
      int64_t layer = -1;
      std::from_chars(info.name.data() + digit, info.name.data() + info.name.size(), layer);
      if (layer < kMostLayers) most = std::max(most, layer + 1);
    }
    return most;
  }

  /// No more than this: as many as there are tensors, or as the longest stack of matrices has.
  size_t stored_experts() const {
    size_t most = source_.tensors().size();
    for (const TensorInfo& info : source_.tensors())
      if (info.shape.rank() > 2) most = std::max(most, size_t(info.shape[0]));
    return most;
  }

  /// use(Answer), unless the configuration cannot be read with this entry, asks for more than the file can hold, or enough was tried.
  template <class Use>
  void ask(const std::string& key, const MetaValue& value, Use&& use) {
    const Varied source(source_, key, value);
    try {
      const ModelSpec spec = read_spec(architecture_, source);
      if (layers_of(spec) > most_layers_ || experts_of(spec) > most_experts_) return;
      const size_t cost = requests_of(spec);
      if (cost > budget_) return;
      budget_ -= cost;
      WeightLoader headers(architecture_, spec, source, *backend_, {}, WeightLoader::Mode::headers);
      build_model(spec, headers, backend_);
      use(Answer{headers.requests(), headers.used()});
    } catch (const Error&) {
    }
  }

  /// Everything fits, nothing more lies unused, and nothing that is there became needless.
  bool settles(const Answer& answer) const {
    if (std::any_of(answer.requests.begin(), answer.requests.end(), [](const WeightRequest& request) { return request.fails(); })) return false;
    if (unused_tensors(source_, answer.used).size() > unused_) return false;
    std::map<std::string_view, bool> required;
    for (const WeightRequest& request : answer.requests) required[request.canonical] |= request.required;
    return std::none_of(requests_.begin(), requests_.end(), [&](const WeightRequest& request) {
      const auto now = required.find(request.canonical);
      return request.required && request.outcome == WeightRequest::Outcome::fits && (now == required.end() || !now->second);
    });
  }

  /// Whether the entry has a say in the shape of the first reshaped tensor.
  bool decides(const std::string& key, int64_t value) {
    const WeightRequest* reshaped = first_reshaped();
    if (!reshaped || value < 1 || value > (1 << 24)) return false;
    MetaValue other;
    std::optional<bool> moves;
    for (const int64_t number : {2 * value, value + 1, value / 2}) {
      other.value = number;
      ask(key, other, [&](const Answer& answer) {
        for (const WeightRequest& request : answer.requests)
          if (request.canonical == reshaped->canonical) return void(moves = !(request.expected == reshaped->expected));
      });
      if (moves) return *moves;
    }
    return false;
  }

  const Architecture& architecture_;
  const WeightSource& source_;
  std::span<const WeightRequest> requests_;
  std::shared_ptr<Backend> backend_;
  const int64_t stored_layers_;
  std::vector<const WeightRequest*> failing_;
  size_t unused_ = 0, most_layers_ = 0, most_experts_ = 0, budget_ = kMostRequests;
};

}  // namespace

std::string blamed_entry(const Architecture& architecture, const WeightSource& source, std::span<const WeightRequest> requests,
                         const std::shared_ptr<Backend>& backend) {
  return Trial(architecture, source, requests, backend).verdict();
}

}  // namespace vitrine
