// SPDX-License-Identifier: Apache-2.0
// Chooses a backend: device, threads and instruction set as asked for, or the best that works here.
#include <cstdlib>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/cpu_backend.h"
#include "engine/core/text.h"

namespace vitrine {

static cpu::Isa chosen_isa(const std::string& asked) {
  std::string name = asked, source = "the option isa";
  if (name.empty()) {
    const char* value = std::getenv("VITRINE_ISA");
    if (!value || !*value) return cpu::detect_isa();
    name = value;
    source = "VITRINE_ISA";
  }
  const std::optional<cpu::Isa> isa = cpu::isa_of_name(name);
  if (!isa)
    throw Error(ErrorKind::unsupported, cat("unknown instruction set \"", name, "\""),
                "choose scalar, avx2, avx512, avx512_bf16 or amx", source);
  if (*isa > cpu::detect_isa())
    throw Error(ErrorKind::unsupported, cat("instruction set ", name, " cannot run on this processor"),
                cat("the highest level here is ", cpu::isa_name(cpu::detect_isa())), source);
  return *isa;
}

std::shared_ptr<Backend> make_backend(const BackendOptions& options) {
  if (options.device != DeviceKind::cpu)
    throw Error(ErrorKind::unsupported, "this build has no backend for CUDA devices", "choose the CPU", "backend");
  const int threads = options.threads == 0 ? usable_cores() : options.threads;
  return std::make_shared<cpu::CpuBackend>(threads, chosen_isa(options.isa));
}

}  // namespace vitrine
