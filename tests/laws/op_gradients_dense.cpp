// SPDX-License-Identifier: Apache-2.0
// Ops on elements, rows and weights, and mixtures of experts.
#include "tests/laws/op_gradients.h"

namespace vitrine::op_gradients {

std::vector<Case> pointwise_cases() {
  std::vector<Case> all{
      {"add", {{3, 5}, {3, 5}}, [](Exec& ex, const Inputs& in) { return nn::add(ex, in[0], in[1]); }},
      {"add, a vector", {{3, 5}, {5}}, [](Exec& ex, const Inputs& in) { return nn::add(ex, in[0], in[1]); }},
      {"multiply", {{3, 5}, {3, 5}}, [](Exec& ex, const Inputs& in) { return nn::multiply(ex, in[0], in[1]); }},
      {"multiply, a vector", {{3, 5}, {5}}, [](Exec& ex, const Inputs& in) { return nn::multiply(ex, in[0], in[1]); }},
      {"multiply, with itself", {{3, 5}}, [](Exec& ex, const Inputs& in) { return nn::multiply(ex, in[0], in[0]); }},
      {"scale", {{3, 5}}, [](Exec& ex, const Inputs& in) { return nn::scale(ex, in[0], -1.5f); }},
      {"scale_rows", {{3, 2, 5}, {3}}, [](Exec& ex, const Inputs& in) { return nn::scale_rows(ex, in[0], in[1]); }},
      {"softcap", {{3, 5}}, [](Exec& ex, const Inputs& in) { return nn::softcap(ex, nn::scale(ex, in[0], 3), 2); }},
      {"clamp", {{3, 5}}, [](Exec& ex, const Inputs& in) { return nn::clamp(ex, nn::scale(ex, in[0], 3), -1.05f, 0.95f); }},
      {"softmax", {{2, 3, 5}}, [](Exec& ex, const Inputs& in) { return nn::softmax(ex, in[0], {}); }, 2},
      {"softmax, sinks", {{2, 3, 5}, {2}}, [](Exec& ex, const Inputs& in) { return nn::softmax(ex, in[0], in[1]); }, 2},
      {"clamped_glu", {{3, 7}, {3, 7}}, [](Exec& ex, const Inputs& in) { return nn::clamped_glu(ex, in[0], in[1], 1.702f, 1.55f); }, 2},
      {"copy_into", {{3, 5}},
       [](Exec& ex, const Inputs& in) {
         const Tensor to = ex.alloc({3, 7});
         ex.backend().copy(ex.upload_f32(std::vector<float>(21), {3, 7}), to);
         nn::copy_into(ex, in[0], to.slice(1, 1, 6));
         return to;
       }},
      {"dense", {{3, 9}}, [](Exec& ex, const Inputs& in) { return nn::dense(ex, in[0].slice(1, 2, 7)); }},
      {"time_step", {{3, 5}, {5}}, [](Exec& ex, const Inputs& in) { return nn::time_step(ex, in[0], in[1], 0.3f, 1.6f); }, 1.5f},
      {"cross_entropy", {{4, 6}}, [](Exec& ex, const Inputs& in) { return nn::cross_entropy(ex, in[0], ex.upload_i32({2, -100, 5, 0})); }, 3},
  };
  for (bool interleaved : {false, true})
    all.push_back({interleaved ? "rotate_into, interleaved" : "rotate_into", {{kRows, 2, 7}}, [interleaved](Exec& ex, const Inputs& in) {
                     const Tensor to = ex.alloc(in[0].shape());
                     nn::rotate_into(ex, in[0], rotary_table(ex, 3, false), rotary_table(ex, 3, true), interleaved, to);
                     return to;
                   }});
  for (int kind = 0; kind <= int(Activation::sigmoid); ++kind) {
    const Activation act = Activation(kind);
    all.push_back({"activate, " + std::to_string(kind), {{4, 9}}, [act](Exec& ex, const Inputs& in) { return nn::activate(ex, in[0], act); }, 2.5f, 0.013f});
    all.push_back({"gated, " + std::to_string(kind), {{4, 9}, {4, 9}}, [act](Exec& ex, const Inputs& in) { return nn::gated(ex, in[0], in[1], act); }, 2.5f, 0.013f});
  }
  return all;
}

std::vector<Case> dense_cases() {
  std::vector<Case> all{
      {"embed", {{6, 5}}, [](Exec& ex, const Inputs& in) { return nn::embed(ex, in[0], ex.upload_i32({2, 5, 2, 0, 1}), 1.5f); }},
      {"linear", {{4, 6}, {5, 6}, {5}}, [](Exec& ex, const Inputs& in) { return nn::linear(ex, in[0], {in[1], in[2]}); }},
      {"linear, with an addition of low rank", {{4, 6}, {5, 6}, {2, 6}, {5, 2}},
       [](Exec& ex, const Inputs& in) { return nn::linear(ex, in[0], {in[1], {}, std::make_shared<LowRank>(LowRank{in[2], in[3]})}); }},
      {"linears", {{4, 6}, {5, 6}, {5, 6}},
       [](Exec& ex, const Inputs& in) {
         const Linear a{in[1], {}}, b{in[2], {}}, none;
         const Linear* const layers[] = {&a, &none, &b};
         const std::vector<Tensor> parts = nn::linears(ex, in[0], layers);
         return nn::multiply(ex, parts[0], parts[2]);
       }},
      {"products", {{4, 6}, {3, 2}, {3, 4}},
       [](Exec& ex, const Inputs& in) {
         const Tensor out = ex.alloc({4, 6});
         const MatmulArgs group[] = {{in[0].slice(1, 0, 2), in[1], out.slice(1, 0, 3)}, {in[0].slice(1, 2, 6), in[2], out.slice(1, 3, 6)}};
         nn::products(ex, group);
         return out;
       }},
      {"norm, without weights", {{3, 7}}, [](Exec& ex, const Inputs& in) { return nn::norm(ex, in[0], {}, {.eps = 0.1f}); }},
      {"norm, heads of a strided part", {{3, 9}, {5}},
       [](Exec& ex, const Inputs& in) {
         const Tensor out = ex.alloc({3, 5});
         nn::norm_into(ex, in[0].slice(1, 2, 7), {in[1], {}}, {.eps = 0.1f}, out);
         return out;
       }},
      {"norm_into", {{3, 7}, {7}},
       [](Exec& ex, const Inputs& in) {
         const Tensor out = ex.alloc({3, 7});
         nn::norm_into(ex, in[0], {in[1], {}}, {.eps = 0.1f}, out);
         return out;
       }},
      {"feed_forward, gated", {{3, 6}, {8, 6}, {8, 6}, {6, 8}},
       [](Exec& ex, const Inputs& in) {
         Step step(ex);
         return nn::feed_forward(ex, in[0], {{in[1], {}}, {in[2], {}}, {in[3], {}}}, Activation::silu, 0.7f);
       }},
      {"feed_forward, plain", {{3, 6}, {8, 6}, {8}, {6, 8}, {6}},
       [](Exec& ex, const Inputs& in) {
         Step step(ex);
         return nn::feed_forward(ex, in[0], {{}, {in[1], in[2]}, {in[3], in[4]}}, Activation::gelu_tanh);
       }},
  };
  for (bool center : {false, true})
    all.push_back({center ? "norm, layer" : "norm, rms", {{3, 7}, {7}, {7}},
                   [center](Exec& ex, const Inputs& in) { return nn::norm(ex, in[0], {in[1], in[2]}, {.center = center, .eps = 0.05f}); }});
  return all;
}

/// Four experts of a gated feed-forward, two used. Logits lie far enough apart that small steps change no choice.
std::vector<Case> expert_cases() {
  const std::vector<Shape> shapes{{3, 6}, {4, 6}, {20, 6}, {20, 6}, {24, 5}};
  const auto weights = [](const Inputs& in, bool plain) {
    MoeWeights w{.router = {in[1], {}}, .correction = {}, .experts = {}, .shared = {}, .shared_gate = {}};
    for (int e = 0; e < 4; ++e)
      w.experts.push_back({plain ? Linear{} : Linear{in[2].slice(0, 5 * e, 5 * e + 5), {}}, {in[3].slice(0, 5 * e, 5 * e + 5), {}}, {in[4].slice(0, 6 * e, 6 * e + 6), {}}});
    return w;
  };
  std::vector<Case> all;
  const auto add = [&](std::string name, RouteRule route, float alpha = 0) {
    all.push_back({"moe, " + name, shapes, [=](Exec& ex, const Inputs& in) {
                     Step step(ex);
                     return nn::moe(ex, in[0], weights(in, false), {.route = route, .activation = Activation::silu, .glu_alpha = alpha, .glu_limit = 2});
                   }});
  };
  using Score = RouteRule::Score;
  add("softmax", {.score = Score::softmax, .used = 2, .scale = 1.5f});
  add("softmax, renormalized", {.score = Score::softmax, .used = 2, .renormalize = true});
  add("sigmoid, renormalized", {.score = Score::sigmoid, .used = 2, .renormalize = true, .least_sum = 1e-20f, .scale = 2});
  add("sigmoid, in groups", {.score = Score::sigmoid, .used = 2, .groups = 2, .groups_used = 1, .group_by_two = true});
  add("softmax of the chosen", {.score = Score::softmax_of_chosen, .used = 2});
  add("sparse mixer", {.score = Score::sparse_mixer, .used = 2, .jitter = 0.4f});
  add("clamped", {.score = Score::softmax, .used = 2}, 1.702f);
  std::vector<Shape> with_shared = shapes;
  for (const Shape& shape : {Shape{5, 6}, Shape{5, 6}, Shape{6, 5}, Shape{1, 6}}) with_shared.push_back(shape);
  all.push_back({"moe, with a shared expert", with_shared, [=](Exec& ex, const Inputs& in) {
                   Step step(ex);
                   MoeWeights w = weights(in, false);
                   w.shared = {{in[5], {}}, {in[6], {}}, {in[7], {}}};
                   w.shared_gate = {in[8], {}};
                   return nn::moe(ex, in[0], w, {.route = {.score = Score::softmax, .used = 2}, .activation = Activation::silu});
                 }});
  return all;
}

}  // namespace vitrine::op_gradients
