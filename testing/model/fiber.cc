// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/model/fiber.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace synctest::model {
namespace {

constexpr size_t kGuard = 4096;

}  // namespace

// Only what a called function must preserve need be saved.
#if defined(__x86_64__)
extern "C" void synctest_switch_stack(void** from, void* to) noexcept;
asm(R"(
.text
.type synctest_switch_stack, @function
synctest_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size synctest_switch_stack, .-synctest_switch_stack
)");
constexpr int kSavedWords = 6;
#else
#error "SwitchStack() is written for x86-64"
#endif

void SwitchStack(void** from, void* to) noexcept {
  synctest_switch_stack(from, to);
}

Stack::Stack()
    : memory_(static_cast<char*>(mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
  if (memory_ == MAP_FAILED || mprotect(memory_, kGuard, PROT_NONE) != 0) {
    std::fprintf(stderr, "no memory for a stack of the model\n");
    std::abort();
  }
}

Stack::~Stack() { munmap(memory_, kSize); }

void* Stack::Begin(void (*entry)()) noexcept {
  // As if `entry` had been called: the stack is aligned before the return
  // address is pushed, and there is none.
  uintptr_t* top = reinterpret_cast<uintptr_t*>(memory_ + kSize - 64);
  *--top = 0;
  *--top = reinterpret_cast<uintptr_t>(entry);
  for (int i = 0; i < kSavedWords; ++i) *--top = 0;
  return top;
}

}  // namespace synctest::model
