// SPDX-License-Identifier: Apache-2.0
// A loaded model: immutable, shared by all lanes. forward() is the one definition for inference, tracing and patching.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/exec/exec.h"
#include "engine/io/weight_source.h"
#include "engine/model/kv_cache.h"
#include "engine/model/spec.h"

namespace vitrine {

class ParameterOrigins;  // parameter_origins.h

class VT_API Model {
 public:
  virtual ~Model() = default;
  virtual const ModelSpec& spec() const noexcept = 0;
  virtual const SiteCatalog& sites() const noexcept = 0;
  virtual const std::shared_ptr<Backend>& backend() const noexcept = 0;
  /// Runs the rows of a step. Segments with a state are written to its cache but not committed: the caller commits.
  virtual Output forward(Exec& ex, const Batch& batch) const = 0;
  /// Encoder-decoders: runs the encoder over the rows of a batch of source texts and gives each segment's state what forward() then attends
  /// to. Throws Error unsupported where there is no encoder.
  virtual Output encode(Exec& ex, const Batch& batch) const;
  /// Encoder-decoders: the encoder as a model of its own, without a head; for those who look at its attention. Null: there is none.
  virtual const Model* encoder() const noexcept { return nullptr; }
  /// The LM head on vectors `normed` [n, dim] that forward() delivered: the same bits as in the forward pass.
  virtual Tensor logits(Exec& ex, const Tensor& normed) const = 0;
  /// How the scores of a layer's attention are made; for those who compute them again from kept queries.
  virtual ScoreRule score_rule(int layer) const = 0;
  /// The same weights under another spec (positions.h, attention_change.h): shares all storages but those of pooled key/value heads.
  /// sink_logit: of sinks that the checkpoint does not have.
  virtual std::shared_ptr<const Model> with_spec(ModelSpec spec, float sink_logit) const = 0;
  /// canonical name -> stored tensor names.
  virtual const std::map<std::string, std::vector<std::string>>& weights() const noexcept = 0;
  /// True when some weights are read where they lie in the checkpoint's files; else the files are not needed any more.
  virtual bool reads_files() const noexcept = 0;
  /// Where its weights came from, to bring gradients back there; null unless loaded for gradients.
  virtual const ParameterOrigins* parameters() const noexcept = 0;

  /// A pool for caches of this model; f16 halves the memory, f32 is exact.
  std::shared_ptr<KvPool> make_pool(DType dtype) const { return std::make_shared<KvPool>(backend(), spec(), dtype); }
};

/// How the scores of a layer's cross-attention are made.
inline ScoreRule cross_score_rule(const LayerSpec& layer) { return {.scale = layer.score_scale, .mask = {MaskRule::Kind::bidirectional, 0}}; }

enum class Purpose : uint8_t { inference, gradients };

/// Reads spec and weights. Throws Error; progress counts bytes of weights.
VT_API std::shared_ptr<const Model> load_model(const WeightSource& source, std::shared_ptr<Backend> backend, ProgressFn progress = {},
                                               Purpose purpose = Purpose::inference);
/// What the header alone says of the architecture; none: one that is not known, or a header that cannot be read as one.
VT_API std::optional<ModelSpec> header_spec(const WeightSource& source);
/// With a spec other than the checkpoint's own, say latents expanded.
VT_API std::shared_ptr<const Model> load_model(const WeightSource& source, ModelSpec spec, std::shared_ptr<Backend> backend, ProgressFn progress = {},
                                               Purpose purpose = Purpose::inference);

}  // namespace vitrine
