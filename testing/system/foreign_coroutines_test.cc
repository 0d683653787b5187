// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Coroutine types that the library has never heard of, in the shapes that
// other libraries give them: its awaiters work in all of them.

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/executor.h"

namespace synctest {
namespace {

using synclib::Event;
using synclib::EventWatch;
using synclib::WaitResult;

// What every type here has in common: it starts when made, and somebody owns
// the frame.
template <class Promise>
class Owner {
 public:
  using promise_type = Promise;

  explicit Owner(Promise& promise)
      : handle_(std::coroutine_handle<Promise>::from_promise(promise)) {}
  Owner(Owner&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  ~Owner() {
    if (handle_) handle_.destroy();
  }
  bool done() const { return handle_.done(); }

 private:
  std::coroutine_handle<Promise> handle_;
};

struct Basic {
  std::suspend_never initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void return_void() {}
  void unhandled_exception() { std::terminate(); }
};

// Gets the awaiter of anything, as the language does.
template <class T>
decltype(auto) AwaiterOf(T&& awaitable) {
  if constexpr (requires { std::forward<T>(awaitable).operator co_await(); }) {
    return std::forward<T>(awaitable).operator co_await();
  } else {
    return std::forward<T>(awaitable);
  }
}

// No await_transform.
struct Plain {
  struct promise_type : Basic {
    Owner<promise_type> get_return_object() {
      return Owner<promise_type>(*this);
    }
  };
};

// await_transform takes the awaitable by value and moves it on, twice.
struct ByValue {
  struct promise_type : Basic {
    Owner<promise_type> get_return_object() {
      return Owner<promise_type>(*this);
    }
    template <class Awaiter>
    Awaiter await_transform(Awaiter awaiter) {
      Awaiter moved(std::move(awaiter));
      return moved;
    }
    Event::Awaiter await_transform(Event& event) { return event.AsyncWait(); }
  };
};

// await_transform wraps the awaiter in one of its own, whose await_suspend is
// a template over the promise and returns void.
struct Wrapping {
  struct promise_type : Basic {
    Owner<promise_type> get_return_object() {
      return Owner<promise_type>(*this);
    }
    template <class Awaiter>
    struct Wrapper {
      Awaiter awaiter;
      bool await_ready() { return awaiter.await_ready(); }
      template <class Promise>
      void await_suspend(std::coroutine_handle<Promise> handle) {
        if (!awaiter.await_suspend(handle)) handle.resume();
      }
      decltype(auto) await_resume() { return awaiter.await_resume(); }
    };
    template <class T>
    auto await_transform(T&& awaitable) {
      using Awaiter =
          std::remove_cvref_t<decltype(AwaiterOf(std::forward<T>(awaitable)))>;
      return Wrapper<Awaiter>{AwaiterOf(std::forward<T>(awaitable))};
    }
  };
};

// The same by symmetric transfer: await_suspend returns a handle.
struct Transferring {
  struct promise_type : Basic {
    Owner<promise_type> get_return_object() {
      return Owner<promise_type>(*this);
    }
    template <class Awaiter>
    struct Wrapper {
      Awaiter awaiter;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(
          std::coroutine_handle<promise_type> handle) {
        if (awaiter.await_ready()) return handle;
        if (awaiter.await_suspend(handle)) return std::noop_coroutine();
        return handle;
      }
      decltype(auto) await_resume() { return awaiter.await_resume(); }
    };
    template <class T>
    auto await_transform(T&& awaitable) {
      using Awaiter =
          std::remove_cvref_t<decltype(AwaiterOf(std::forward<T>(awaitable)))>;
      return Wrapper<Awaiter>{AwaiterOf(std::forward<T>(awaitable))};
    }
  };
};

// Keeps the awaiter on the heap, as type-erasing libraries do.
struct OnTheHeap {
  struct promise_type : Basic {
    Owner<promise_type> get_return_object() {
      return Owner<promise_type>(*this);
    }
    template <class Awaiter>
    struct Wrapper {
      std::unique_ptr<Awaiter> awaiter;
      bool await_ready() { return awaiter->await_ready(); }
      bool await_suspend(std::coroutine_handle<> handle) {
        return awaiter->await_suspend(handle);
      }
      decltype(auto) await_resume() { return awaiter->await_resume(); }
    };
    template <class T>
    auto await_transform(T&& awaitable) {
      using Awaiter =
          std::remove_cvref_t<decltype(AwaiterOf(std::forward<T>(awaitable)))>;
      return Wrapper<Awaiter>{
          std::make_unique<Awaiter>(AwaiterOf(std::forward<T>(awaitable)))};
    }
  };
};

// A lazy task, awaited by a coroutine of its own type; the last thing that
// either does is a symmetric transfer to whoever awaits it.
struct Lazy {
  struct promise_type {
    Lazy get_return_object() {
      return Lazy(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Final {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(
            std::coroutine_handle<promise_type> handle) noexcept {
          return handle.promise().then;
        }
        void await_resume() noexcept {}
      };
      return Final{};
    }
    void return_value(WaitResult value) { result = value; }
    void unhandled_exception() { std::terminate(); }

    std::coroutine_handle<> then = std::noop_coroutine();
    std::optional<WaitResult> result;
  };

  explicit Lazy(std::coroutine_handle<promise_type> handle) : handle(handle) {}
  Lazy(Lazy&& other) noexcept : handle(std::exchange(other.handle, {})) {}
  ~Lazy() {
    if (handle) handle.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> then) noexcept {
    handle.promise().then = then;
    return handle;
  }
  WaitResult await_resume() { return *handle.promise().result; }

  std::coroutine_handle<promise_type> handle;
};

template <class Type>
class ForeignCoroutinesTest : public testing::Test {
 protected:
  using Coroutine = Owner<typename Type::promise_type>;
};

struct Queue : synclib::Executor {
  bool Post(synclib::Work* work) noexcept override {
    works.push_back(work);
    return true;
  }
  void RunAll() {
    for (synclib::Work* work : std::exchange(works, {})) work->Run();
  }
  std::vector<synclib::Work*> works;
};

using Types = testing::Types<Plain, ByValue, Wrapping, Transferring, OnTheHeap>;
TYPED_TEST_SUITE(ForeignCoroutinesTest, Types);

TYPED_TEST(ForeignCoroutinesTest, AwaitsTheEventItself) {
  Event event;
  const auto wait = [&]() -> typename TestFixture::Coroutine {
    EXPECT_EQ(co_await event, WaitResult::kReady);
    EXPECT_EQ(co_await event, WaitResult::kReady);  // Ready at once.
  };
  auto one = wait(), other = wait();
  EXPECT_FALSE(one.done());
  EXPECT_EQ(event.waiters(), 2u);
  EXPECT_EQ(event.Set(), 2u);
  EXPECT_TRUE(one.done());
  EXPECT_TRUE(other.done());
}

TYPED_TEST(ForeignCoroutinesTest, AwaitsWithOptionsAndPastAnEpoch) {
  Event event;
  std::stop_source source;
  const auto wait = [&]() -> typename TestFixture::Coroutine {
    EXPECT_EQ(co_await event.AsyncWait(absl::ZeroDuration()),
              WaitResult::kTimeout);
    EXPECT_EQ(co_await event.AsyncWait({absl::Hours(1), source.get_token()}),
              WaitResult::kReady);
    EXPECT_EQ(co_await event.AsyncWaitPast(event.epoch(), absl::Hours(1)),
              WaitResult::kReady);
    EXPECT_EQ(co_await event.AsyncWaitPast(event.epoch(), source.get_token()),
              WaitResult::kCancelled);
  };
  auto coroutine = wait();
  event.Pulse();
  event.Pulse();
  EXPECT_EQ(event.waiters(), 1u);
  EXPECT_FALSE(coroutine.done());
  source.request_stop();
  EXPECT_TRUE(coroutine.done());
}

TYPED_TEST(ForeignCoroutinesTest, AwaitsAWatch) {
  Event event;
  EventWatch watch(event);
  const auto wait = [&]() -> typename TestFixture::Coroutine {
    EXPECT_EQ(co_await watch.AsyncNext(), WaitResult::kReady);
    EXPECT_EQ(watch.missed(), 1u);
    EXPECT_EQ(co_await watch.AsyncNext(), WaitResult::kReady);
    EXPECT_EQ(watch.missed(), 0u);
  };
  event.Pulse();
  event.Pulse();
  auto coroutine = wait();
  EXPECT_FALSE(coroutine.done());
  event.Pulse();
  EXPECT_TRUE(coroutine.done());
  EXPECT_EQ(watch.seen(), 3u);
}

TYPED_TEST(ForeignCoroutinesTest, ResumesOnTheExecutorThatWasNamed) {
  Queue queue;
  Event event;
  const auto wait = [&]() -> typename TestFixture::Coroutine {
    co_await event.AsyncWait().On(queue);
    EXPECT_EQ(synclib::Executor::Current(), &queue);
    event.Clear();
    co_await event;  // On the current one.
    EXPECT_EQ(synclib::Executor::Current(), &queue);
  };
  auto coroutine = wait();
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(coroutine.done());
    event.Set();
    EXPECT_EQ(queue.works.size(), 1u);
    queue.RunAll();
  }
  EXPECT_TRUE(coroutine.done());
}

TYPED_TEST(ForeignCoroutinesTest, LeavesTheListWhenItIsDestroyed) {
  Event event;
  {
    const auto wait = [&]() -> typename TestFixture::Coroutine {
      co_await event;
      ADD_FAILURE() << "resumed";
    };
    auto coroutine = wait();
    EXPECT_EQ(event.waiters(), 1u);
  }
  EXPECT_EQ(event.waiters(), 0u);
  EXPECT_EQ(event.Set(), 0u);
}

TEST(ForeignCoroutineTest, SymmetricTransferAtEitherEnd) {
  Event event;
  const auto inner = [&]() -> Lazy { co_return co_await event; };
  const auto outer = [&]() -> Lazy {
    co_await inner();
    event.Clear();
    co_return co_await inner();
  };
  Lazy lazy = outer();
  lazy.handle.resume();
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_FALSE(lazy.handle.done());
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_TRUE(lazy.handle.done());
  EXPECT_EQ(lazy.handle.promise().result, WaitResult::kReady);
}

// By hand, without any coroutine type: an awaiter in an optional, whose handle
// is another coroutine's.
TEST(ForeignCoroutineTest, AnAwaiterDrivenByHand) {
  Event event;
  bool resumed = false;
  struct Holder {
    static Lazy Run(bool& resumed) {
      resumed = true;
      co_return WaitResult::kReady;
    }
  };
  Lazy lazy = Holder::Run(resumed);
  std::optional<Event::Awaiter> awaiter(event.AsyncWait());
  EXPECT_FALSE(awaiter->await_ready());
  EXPECT_TRUE(awaiter->await_suspend(lazy.handle));
  EXPECT_FALSE(resumed);
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_TRUE(resumed);
  EXPECT_EQ(awaiter->await_resume(), WaitResult::kReady);
}

}  // namespace
}  // namespace synctest
