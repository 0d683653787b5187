// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/executor.h"

#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace {

class FunctionWork : public Work {
 public:
  explicit FunctionWork(absl::AnyInvocable<void() &&> function) noexcept
      : Work(&Call), function_(std::move(function)) {}

 private:
  static void Call(Work* work) {
    const std::unique_ptr<FunctionWork> self(static_cast<FunctionWork*>(work));
    std::move(self->function_)();
  }

  absl::AnyInvocable<void() &&> function_;
};

}  // namespace

Executor* Executor::Current() noexcept { return internal::Self().executor; }

bool Submit(Executor& executor, absl::AnyInvocable<void() &&> function) {
  auto work = std::make_unique<FunctionWork>(std::move(function));
  if (!internal::Trampoline::Post(work.get(), &executor)) return false;
  (void)work.release();  // The executor has it.
  return true;
}

}  // namespace SYNC_ABI
}  // namespace synclib
