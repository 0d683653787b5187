// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a program of the model links instead of ThreadSanitizer's runtime: its
// instrumentation reports every plain access, and this hands it to the machine.
// And the allocator.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "testing/model/engine.h"

namespace {

using synctest::model::Action;
using synctest::model::PlainAccess;

}  // namespace

// Of this function, in the code that is explored.
#define SYNC_CALLER __builtin_return_address(0)

#define SYNC_ACCESS(name, size, action) \
  void __tsan_##name(void* p) { PlainAccess(p, size, action, SYNC_CALLER); }
#define SYNC_ACCESSES(size)                                \
  SYNC_ACCESS(read##size, size, Action::kRead)             \
  SYNC_ACCESS(write##size, size, Action::kWrite)           \
  SYNC_ACCESS(unaligned_read##size, size, Action::kRead)   \
  SYNC_ACCESS(unaligned_write##size, size, Action::kWrite) \
  SYNC_ACCESS(volatile_read##size, size, Action::kRead)    \
  SYNC_ACCESS(volatile_write##size, size, Action::kWrite)

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
SYNC_ACCESSES(1)
SYNC_ACCESSES(2)
SYNC_ACCESSES(4)
SYNC_ACCESSES(8)
SYNC_ACCESSES(16)
void __tsan_read_range(void* p, size_t size) {
  PlainAccess(p, size, Action::kRead, SYNC_CALLER);
}
void __tsan_write_range(void* p, size_t size) {
  PlainAccess(p, size, Action::kWrite, SYNC_CALLER);
}
// By clang, which has them called instead of the C library's.
void* __tsan_memcpy(void* to, const void* from, size_t size) {
  PlainAccess(from, size, Action::kRead, SYNC_CALLER);
  PlainAccess(to, size, Action::kWrite, SYNC_CALLER);
  return std::memcpy(to, from, size);
}
void* __tsan_memmove(void* to, const void* from, size_t size) {
  PlainAccess(from, size, Action::kRead, SYNC_CALLER);
  PlainAccess(to, size, Action::kWrite, SYNC_CALLER);
  return std::memmove(to, from, size);
}
void* __tsan_memset(void* to, int value, size_t size) {
  PlainAccess(to, size, Action::kWrite, SYNC_CALLER);
  return std::memset(to, value, size);
}
void __tsan_vptr_update(void** p, void*) {
  PlainAccess(p, sizeof(void*), Action::kWrite, SYNC_CALLER);
}
void __tsan_vptr_read(void** p) {
  PlainAccess(p, sizeof(void*), Action::kRead, SYNC_CALLER);
}

// Atomics that are not the model's: those of the C++ library, such as the count
// of a shared_ptr. One OS thread runs everything, so they are atomic anyway.
#define SYNC_ATOMICS(bits)                                                    \
  uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t* a, \
                                            int) {                            \
    return *a;                                                                \
  }                                                                           \
  void __tsan_atomic##bits##_store(volatile uint##bits##_t* a,                \
                                   uint##bits##_t v, int) {                   \
    *a = v;                                                                   \
  }                                                                           \
  uint##bits##_t __tsan_atomic##bits##_fetch_add(volatile uint##bits##_t* a,  \
                                                 uint##bits##_t v, int) {     \
    const uint##bits##_t was = *a;                                            \
    *a = static_cast<uint##bits##_t>(was + v);                                \
    return was;                                                               \
  }                                                                           \
  uint##bits##_t __tsan_atomic##bits##_fetch_sub(volatile uint##bits##_t* a,  \
                                                 uint##bits##_t v, int) {     \
    const uint##bits##_t was = *a;                                            \
    *a = static_cast<uint##bits##_t>(was - v);                                \
    return was;                                                               \
  }                                                                           \
  uint##bits##_t __tsan_atomic##bits##_exchange(volatile uint##bits##_t* a,   \
                                                uint##bits##_t v, int) {      \
    const uint##bits##_t was = *a;                                            \
    *a = v;                                                                   \
    return was;                                                               \
  }                                                                           \
  int __tsan_atomic##bits##_compare_exchange_strong(                          \
      volatile uint##bits##_t* a, uint##bits##_t* c, uint##bits##_t v, int,   \
      int) {                                                                  \
    if (*a == *c) {                                                           \
      *a = v;                                                                 \
      return 1;                                                               \
    }                                                                         \
    *c = *a;                                                                  \
    return 0;                                                                 \
  }                                                                           \
  int __tsan_atomic##bits##_compare_exchange_weak(                            \
      volatile uint##bits##_t* a, uint##bits##_t* c, uint##bits##_t v, int s, \
      int f) {                                                                \
    return __tsan_atomic##bits##_compare_exchange_strong(a, c, v, s, f);      \
  }

SYNC_ATOMICS(8)
SYNC_ATOMICS(32)
SYNC_ATOMICS(64)

}  // extern "C"

void* operator new(size_t size) {
  void* const memory = synctest::model::Allocate(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return synctest::model::Allocate(size);
}
void operator delete(void* memory) noexcept {
  synctest::model::Free(memory, SYNC_CALLER);
}
void operator delete(void* memory, size_t) noexcept {
  synctest::model::Free(memory, SYNC_CALLER);
}
