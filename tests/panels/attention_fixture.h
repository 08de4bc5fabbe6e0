// SPDX-License-Identifier: Apache-2.0
// A fabricated answer for the attention panel's tests: facts, weights that sum to one, an engine's answers, a lane to look at.
#pragma once

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QUndoStack>
#include <QtTest>
#include <cmath>
#include <cstring>

#include "engine/run/engine.h"
#include "plugins/attention/attention_panel.h"
#include "plugins/attention/matrix_layout.h"
#include "plugins/attention/matrix_view.h"
#include "views/panel_frame.h"
#include "views/theme.h"

using namespace vitrine;
using Kind = AttentionQuestion::Kind;

namespace vitrine {
std::unique_ptr<Panel> make_attention_panel(PanelContext& context);
}

namespace fabricated {

constexpr int kLayers = 8, kHeads = 3, kPrompt = 4;

inline std::shared_ptr<ModelFacts> facts(bool attention = true) {
  auto facts = std::make_shared<ModelFacts>();
  StackSpec stack;
  LayerSpec layer;
  layer.heads = kHeads;
  stack.layers.assign(kLayers, layer);
  facts->spec.stacks = {stack};
  facts->sites.stacks.assign(1, std::vector<SiteMask>(kLayers + 1));
  if (attention)
    for (SiteMask& mask : facts->sites.stacks[0]) mask.set(Site::attn_probs);
  return facts;
}

/// Weights that sum to 1: row r looks at key k with 1 + (r + 2 k + head) mod 5 parts.
inline std::vector<float> row_of(int64_t r, int head) {
  std::vector<float> row;
  float sum = 0;
  for (int64_t k = 0; k <= r; ++k) {
    row.push_back(float(1 + (r + 2 * k + head) % 5));
    sum += row.back();
  }
  for (float& w : row) w /= sum;
  return row;
}

inline std::shared_ptr<const HostBlock> block(const std::vector<float>& values, Shape shape) {
  std::vector<std::byte> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return std::make_shared<HostBlock>(shape, DType::f32, std::move(bytes));
}

/// What the engine would answer, maximum per pixel.
inline TapOut answer_to(const Inspect& asked) {
  TapOut out;
  out.lane = asked.lane;
  out.asked = asked;
  std::vector<float> values;
  if (asked.what == Inspect::What::attention_heads) {
    const int layers = asked.layer_to - asked.layer, n = asked.pixel_rows;
    values.assign(size_t(layers) * kHeads * size_t(n) * size_t(n), 0.25f);
    out.values = block(values, {layers, kHeads, n, n});
    return out;
  }
  if (asked.what == Inspect::What::attention_row) {
    values = row_of(asked.row_from, asked.head);
    out.values = block(values, {1, asked.row_from + 1});
    return out;
  }
  for (int y = 0; y < asked.pixel_rows; ++y) {
    const auto [row_from, row_to] = cells_of_pixel(y, asked.pixel_rows, asked.row_from, asked.row_to);
    const std::vector<float> row = row_of(row_to - 1, asked.what == Inspect::What::attention_mean ? 7 : asked.head);
    for (int x = 0; x < asked.pixel_cols; ++x) {
      const auto [key_from, key_to] = cells_of_pixel(x, asked.pixel_cols, asked.key_from, asked.key_to);
      float value = 0;
      for (int64_t k = key_from; k < key_to; ++k)
        if (k < int64_t(row.size())) value = std::max(value, row[size_t(k)]);
      values.push_back(value);
    }
  }
  out.values = block(values, {asked.pixel_rows, asked.pixel_cols});
  return out;
}

/// A lane with an answer, a selection and a model of the panel over them.
struct Scene3 {
  Selection selection;
  Transcript transcript;
  JobId next_job = 100;

  explicit Scene3(int64_t answer = 6, int64_t prompt = kPrompt, bool finished = true) {
    selection.set_extent(kLayers, kHeads);
    Generate request;
    request.lane = 1;
    for (int64_t i = 0; i < prompt; ++i) request.tokens.push_back(int32_t(i % 900));
    transcript.set_vocabulary([](int32_t id) { return TokenFace{" w" + std::to_string(id), false}; });
    transcript.begin(1, request);
    const Event done{1, PromptDone{1, prompt, 0, 5}};
    transcript.on_events({&done, 1});
    selection.set_lane(1);
    grow(answer);
    if (finished) {
      const Event end{1, JobEnded{}};
      transcript.on_events({&end, 1});
    }
    selection.set_layer_head(4, 1);
  }
  void grow(int64_t count) {
    const TranscriptLane* lane = transcript.lane(1);
    for (int64_t i = 0; i < count; ++i) {
      TokenOut out;
      out.lane = 1;
      out.position = int64_t(lane->tokens.size());
      out.id = int32_t(out.position % 3);  // w0 w1 w2 again and again: induction
      const Event event{1, out};
      transcript.on_events({&event, 1});
    }
    selection.set_positions(qint64(lane->tokens.size()));
  }
  /// Answers every open question until none is left; how many were asked.
  int settle(AttentionModel& model, const AttentionRegion& region) {
    int asked = 0;
    for (auto open = model.questions(region, 16, true); !open.empty() && asked < 50;
         open = model.questions(region, 16, true))
      for (const AttentionQuestion& question : open) {
        model.asked(next_job, question);
        model.take(next_job, answer_to(question.ask));
        model.ended(next_job++, JobEnded::Outcome::done);
        ++asked;
      }
    return asked;
  }
};

AttentionRegion region_of(const AttentionModel& model) {
  return {model.first_row(),
          model.rows(),
          model.first_key(),
          model.rows(),
          int(model.rows() - model.first_row()),
          int(model.rows() - model.first_key())};
}

/// Records what is asked; knows one model.
class Desk3 final : public Workspace {
 public:
  std::vector<std::pair<Command, std::string>> submitted;
  std::shared_ptr<ModelLoaded> loaded = std::make_shared<ModelLoaded>();
  std::shared_ptr<const ModelLoaded> model() const override { return loaded; }
  void open_model(const std::filesystem::path&) override {}
  JobId submit(Command command, const QString&, std::string_view tag) override {
    submitted.emplace_back(std::move(command), std::string(tag));
    return JobId(submitted.size());
  }
  void cancel(JobId) override {}
  bool generating() const override { return false; }
  Generate generate_defaults() const override { return {}; }
  const SamplerSpec& sampler() const override { return sampler_; }
  void set_sampler(const SamplerSpec&, const QString&) override {}
  void notify(const QString&) override {}
  void show_error(const QString&, const QString&, const QString&) override {}
  int begin_job(const QString&, std::function<void()>) override { return 0; }
  void update_job(int, qint64, qint64) override {}
  void end_job(int) override {}
  QUndoStack& undo_stack() override { return undo_; }
  void add_action(QAction*) override {}
  void show_panel(const QString&) override {}
  QVariant setting(const QString&, const QVariant& fallback) const override { return fallback; }
  void set_setting(const QString&, const QVariant&) override {}

 private:
  SamplerSpec sampler_;
  QUndoStack undo_;
};

/// Answers everything the panel asks until it is content.
inline void serve(Desk3& desk, Panel& panel) {
  size_t served = 0;
  QElapsedTimer quiet;
  quiet.start();
  while (quiet.elapsed() < 400) {
    QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    for (; served < desk.submitted.size(); ++served, quiet.restart()) {
      const auto& asked = std::get<Inspect>(desk.submitted[served].first);
      const Event events[] = {{JobId(served + 1), answer_to(asked)}, {JobId(served + 1), JobEnded{}}};
      panel.on_events(events);
    }
  }
}

}  // namespace fabricated
