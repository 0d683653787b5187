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

// Only what a called function must preserve need be saved. BeginOf() lays a
// stack as if `entry` had been about to return to its beginning.
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

// The stack is aligned before a return address is pushed, and here there is
// none to return to.
uintptr_t* BeginOf(uintptr_t* top, void (*entry)()) {
  *--top = 0;
  *--top = reinterpret_cast<uintptr_t>(entry);
  for (int i = 0; i < 6; ++i) *--top = 0;
  return top;
}
#elif defined(__aarch64__)
extern "C" void synctest_switch_stack(void** from, void* to) noexcept;
asm(R"(
.text
.type synctest_switch_stack, %function
synctest_switch_stack:
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  ret
.size synctest_switch_stack, .-synctest_switch_stack
)");

// The return address is in x30.
uintptr_t* BeginOf(uintptr_t* top, void (*entry)()) {
  for (int i = 0; i < 20; ++i) *--top = 0;
  top[11] = reinterpret_cast<uintptr_t>(entry);
  return top;
}
#else
#error "SwitchStack() is written for x86-64 and arm64"
#endif

}  // namespace

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
  return BeginOf(reinterpret_cast<uintptr_t*>(memory_ + kSize - 64), entry);
}

}  // namespace synctest::model
