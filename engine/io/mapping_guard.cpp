// SPDX-License-Identifier: Apache-2.0
// The handler may only use what is safe in a signal: a list of places that is never freed, atomics, and the mmap call.
#include "engine/io/mapping_guard.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>

namespace vitrine {

struct MappingGuard::Place {
  std::atomic<uintptr_t> begin{0}, end{0};  // begin 0: free
  std::atomic<bool> taken{true}, broken{false};
  Place* next = nullptr;
};

struct GuardHandler {
  static std::atomic<MappingGuard::Place*> first;
  static struct sigaction before;
  static uintptr_t page;

  /// Puts zeros in place of the page at `address` and all after it in its mapping; false: not a guarded one.
  static bool mend(uintptr_t address) noexcept {
    for (MappingGuard::Place* place = first.load(std::memory_order_acquire); place; place = place->next) {
      const uintptr_t begin = place->begin.load(std::memory_order_acquire), end = place->end.load(std::memory_order_acquire);
      if (begin == 0 || address < begin || address >= end) continue;
      const uintptr_t from = address / page * page;
      void* zeros = mmap(reinterpret_cast<void*>(from), end - from, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
      place->broken.store(true, std::memory_order_release);
      return zeros != MAP_FAILED;
    }
    return false;
  }

  static void handle(int signal, siginfo_t* info, void* context) {
    const int error = errno;
    const bool mended = mend(reinterpret_cast<uintptr_t>(info->si_addr));
    errno = error;
    if (mended) return;
    if (before.sa_flags & SA_SIGINFO) return before.sa_sigaction(signal, info, context);
    if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) return before.sa_handler(signal);
    sigaction(signal, &before, nullptr);  // the access is repeated and ends the program as it would have
  }

  static void install() {
    page = uintptr_t(sysconf(_SC_PAGESIZE));
    struct sigaction action {};
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &before);
  }
};

std::atomic<MappingGuard::Place*> GuardHandler::first{nullptr};
struct sigaction GuardHandler::before {};
uintptr_t GuardHandler::page = 4096;

MappingGuard::MappingGuard(void* begin, size_t bytes) {
  static std::once_flag installed;
  std::call_once(installed, GuardHandler::install);
  place_ = GuardHandler::first.load(std::memory_order_acquire);
  for (; place_; place_ = place_->next)
    if (bool taken = false; place_->taken.compare_exchange_strong(taken, true)) break;
  if (!place_) {
    place_ = new Place;
    place_->next = GuardHandler::first.load(std::memory_order_relaxed);
    while (!GuardHandler::first.compare_exchange_weak(place_->next, place_, std::memory_order_acq_rel)) continue;
  }
  place_->broken.store(false, std::memory_order_relaxed);
  place_->end.store(uintptr_t(begin) + bytes, std::memory_order_release);
  place_->begin.store(uintptr_t(begin), std::memory_order_release);
}

MappingGuard::~MappingGuard() {
  place_->begin.store(0, std::memory_order_release);
  place_->taken.store(false, std::memory_order_release);
}

bool MappingGuard::broken() const noexcept { return place_->broken.load(std::memory_order_acquire); }

}  // namespace vitrine
