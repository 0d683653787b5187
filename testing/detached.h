// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_TESTING_DETACHED_H_
#define SYNC_TESTING_DETACHED_H_

#include <coroutine>
#include <exception>

namespace synctest {

// The least that a coroutine type can be: it runs when it is called, and frees
// itself when it ends. It knows nothing of the library, whose waits work in
// coroutines of any type.
//
// Example:
//
//   synclib::Event event;
//   bool released = false;
//   auto wait = [&]() -> synctest::Detached {
//     co_await event;
//     released = true;
//   };
//   wait();
//   event.Set();
//   assert(released);
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };

  // To be used while the coroutine is suspended only: to destroy it, say.
  std::coroutine_handle<> handle;
};

}  // namespace synctest

#endif  // SYNC_TESTING_DETACHED_H_
