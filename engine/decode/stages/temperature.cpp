// SPDX-License-Identifier: Apache-2.0
// Temperature: sharper below 1, flatter above. At 0 only the most probable token is left.
#include "engine/decode/stages/stage.h"

namespace vitrine {
namespace {

class Temperature final : public SamplerStage {
 public:
  explicit Temperature(const StageArguments& arguments) : temperature_(float(arguments.number("temperature"))) {}
  std::string_view name() const noexcept override { return "temperature"; }
  void apply(Candidates& candidates, const DecodeView&) const override {
    if (temperature_ == 0)
      candidates.keep(candidates.top(1));
    else if (temperature_ != 1)
      candidates.divide(temperature_);
  }

 private:
  float temperature_;
};

}  // namespace

const StageDefinition& temperature_stage() {
  static const StageDefinition definition{
      {"temperature",
       "Temperature",
       "l_i <- l_i / T",
       "Ackley, Hinton and Sejnowski 1985, A learning algorithm for Boltzmann machines",
       {{"temperature", "", "below 1 sharper, above 1 flatter; 0: the most probable token", 0, 100, 0.8, false, 1}},
       true},
      make_stage<Temperature>};
  return definition;
}

}  // namespace vitrine
