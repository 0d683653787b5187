// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Queues between threads, coroutines and callbacks: first in, first out; last
// in, first out; and by priority.

#ifndef SYNC_QUEUE_H_
#define SYNC_QUEUE_H_

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/coroutine_wait.h"
#include "sync/internal/queue_core.h"
#include "sync/internal/queue_store.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {

// What a Pop() has brought.
template <class T>
struct [[nodiscard]] Popped {
  QueueResult result;
  std::optional<T> value;  // Of kReady.
};

// What Queue, LifoQueue and PriorityQueue are: what asyncio.Queue and its kin
// are to Python, and queue.Queue, for threads and coroutines at once. Callbacks
// pop by a Popping, push by a Pushing, and join by Joined().
//
// Example:
//
//   synclib::Queue<std::unique_ptr<int>> queue(2);
//   auto consume = [&]() -> synclib::Task<int> {
//     int sum = 0;
//     for (;;) {
//       synclib::Popped<std::unique_ptr<int>> next = co_await queue.AsyncPop();
//       if (next.result == synclib::QueueResult::kClosed) co_return sum;
//       sum += **next.value;
//       queue.TaskDone();
//     }
//   };
//   std::jthread producer([&] {
//     for (int i = 1; i <= 5; ++i) queue.Push(std::make_unique<int>(i));
//     queue.Join();
//     queue.Close();
//   });
//   assert(synclib::Run(consume()) == 15);
//
// Thread safety: every method, by any thread, at any time. Those that push or
//   pop, or try to, and TaskDone(), wait while another thread puts in or takes
//   out a value.
// Ordering: what happened before a Push() is visible after the Pop() of the
//   same value; what happened before each TaskDone(), after Join().
// Lifetime: who has popped a value, or joined, and knows that nobody else is to
//   come, may destroy the queue with what is in it, though the Push() or
//   TaskDone() that made it so has not returned yet. All other calls must have.
// Wake order: those who push are served first in, first out, and those who pop
//   likewise, also before TryPush() and TryPop(). Those who pop take the first
//   value that there is when they go on.
// Resumption: as an Event's waits.
// Time-outs: every wait takes WaitOptions. A value that wasn't pushed has not
//   been moved from, unless a coroutine was to push it.
// Misuse: to destroy a queue with waiters: debug builds abort, and say who
//   waits. To use it where its values are compared, which never ends. A bound
//   below 1, a TaskDone() too many, and what values throw end the program.
// Cost: 72 bytes, or 104 by priority, and a node for each value, which Push()
//   allocates; six or seven read-modify-writes for its way through. Values are
//   compared under a lock, for which the others wait.
template <class T, class Store>
class BasicQueue : private internal::QueueCore {
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "what is in a queue must not throw when it is moved");

  // What a wait for any or all of several things was granted by the rules R,
  // until it is taken, or else left to others.
  template <class R>
  class Granted {
   public:
    explicit Granted(internal::WaitCore& core) noexcept : core_(core) {}
    ~Granted() { GiveBack(); }
    Granted(const Granted&) = delete;
    Granted& operator=(const Granted&) = delete;

    Waitable Target() noexcept {
      GiveBack();
      return Waitable({&core_, {&R::kRules}, &what_});
    }
    QueueResult Take() noexcept {
      if (what_ == internal::kNotGranted) return QueueResult::kTimeout;
      return ResultOf(WaitResult::kReady, Reset());
    }

   private:
    void GiveBack() noexcept { R::GiveBack(core_, Reset()); }
    uint64_t Reset() noexcept {
      return std::exchange(what_, uint64_t{internal::kNotGranted});
    }

    internal::WaitCore& core_;
    uint64_t what_ = internal::kNotGranted;
  };

 public:
  static constexpr int64_t kMaxSize = internal::QueueCore::kMaxSize;

  // Holds at most `bound` values at a time.
  explicit BasicQueue(int64_t bound = kMaxSize) noexcept : QueueCore(bound) {}

  // Blocks this thread while the queue is full, and puts `value` in it.
  template <std::convertible_to<T> U = T>
  QueueResult Push(U&& value, std::source_location where =
                                  std::source_location::current()) noexcept {
    return Pushed(std::forward<U>(value), BlockToPush(WaitOptions(where)));
  }

  // The same, or until the wait gives up.
  template <std::convertible_to<T> U = T>
  [[nodiscard]] QueueResult Push(U&& value,
                                 const WaitOptions& options) noexcept {
    return Pushed(std::forward<U>(value), BlockToPush(options));
  }

  // False: the queue is full, or closed, or others wait to push, or begin or
  // end a wait at that moment.
  template <std::convertible_to<T> U = T>
  [[nodiscard]] bool TryPush(U&& value) noexcept {
    return Pushed(std::forward<U>(value), TryToPush()) == QueueResult::kReady;
  }

  // Blocks this thread while the queue is empty, and takes a value out.
  Popped<T> Pop(
      std::source_location where = std::source_location::current()) noexcept {
    return Pop(WaitOptions(where));
  }

  // The same, or until the wait gives up.
  Popped<T> Pop(const WaitOptions& options) noexcept {
    return Taken(BlockToPop(options));
  }

  // No value: the queue is empty, or others wait to pop, or begin or end a wait
  // at that moment.
  [[nodiscard]] std::optional<T> TryPop() noexcept {
    return Taken(TryToPop()).value;
  }

  // The same for coroutines: `co_await queue.AsyncPush(value)` is a
  // QueueResult, and `co_await queue.AsyncPop()` a Popped<T>. Nothing happens
  // until it is awaited. `.On(executor)` says where to resume.
  template <class Wait>
  class [[nodiscard]] BasicPushAwaiter : public Wait {
   public:
    BasicPushAwaiter On(Executor& executor) && noexcept {
      this->set_executor(&executor);
      return std::move(*this);
    }
    QueueResult await_resume() noexcept { return Pushed(); }
    [[nodiscard]] QueueResult await_resume() noexcept
      requires Wait::kMayGiveUp
    {
      return Pushed();
    }

   private:
    friend class BasicQueue;
    template <class How>
    BasicPushAwaiter(BasicQueue& to, T value, How how) noexcept
        : Wait(to.room_, 0, std::move(how)),
          value_(std::move(value)),
          queue_(to) {}

    QueueResult Pushed() noexcept {
      return queue_.Pushed(
          std::move(value_),
          queue_.BeginPush(ResultOf(Wait::await_resume(), this->what())));
    }

    T value_;  // The first, for what room there is behind the Wait.
    BasicQueue& queue_;
  };
  using PushAwaiter = BasicPushAwaiter<internal::Awaiter<internal::RoomRules>>;
  using LimitedPushAwaiter =
      BasicPushAwaiter<internal::LimitedAwaiter<internal::RoomRules>>;
  PushAwaiter AsyncPush(T value, std::source_location where =
                                     std::source_location::current()) noexcept {
    return PushAwaiter(*this, std::move(value), where);
  }
  LimitedPushAwaiter AsyncPush(T value, WaitOptions options) noexcept {
    return LimitedPushAwaiter(*this, std::move(value), std::move(options));
  }

  template <class Wait>
  class [[nodiscard]] BasicPopAwaiter : public Wait {
   public:
    BasicPopAwaiter On(Executor& executor) && noexcept {
      this->set_executor(&executor);
      return std::move(*this);
    }
    Popped<T> await_resume() const noexcept {
      return queue_.Taken(
          queue_.BeginPop(ResultOf(Wait::await_resume(), this->what())));
    }

   private:
    friend class BasicQueue;
    template <class How>
    BasicPopAwaiter(BasicQueue& from, How how) noexcept
        : Wait(from.items_, 0, std::move(how)), queue_(from) {}

    BasicQueue& queue_;
  };
  using PopAwaiter = BasicPopAwaiter<internal::Awaiter<internal::ItemRules>>;
  using LimitedPopAwaiter =
      BasicPopAwaiter<internal::LimitedAwaiter<internal::ItemRules>>;
  PopAwaiter AsyncPop(
      std::source_location where = std::source_location::current()) noexcept {
    return PopAwaiter(*this, where);
  }
  LimitedPopAwaiter AsyncPop(WaitOptions options) noexcept {
    return LimitedPopAwaiter(*this, std::move(options));
  }

  // A Pop() as one of several things to wait for, or for a Callback.
  //
  // Example:
  //
  //   synclib::Event stop;
  //   synclib::Queue<int> queue;
  //   queue.Push(42);
  //   synclib::Queue<int>::Popping popping(queue);
  //   const synclib::AnyResult any = synclib::WaitAny({stop, popping});
  //   assert(any.index == 1 && popping.Take().value == 42);
  //
  // Of one thread, coroutine or callback. May be used again and again: what one
  // wait has brought, and Take() hasn't taken, is left to others, who may run
  // then, when this is converted for the next wait, or destroyed; neither may
  // be while a wait goes on. So a closed queue that was empty may have a value
  // again. Waitables that are kept are for another wait only after Take():
  // debug builds abort where that is forgotten.
  class Popping {
   public:
    explicit Popping(BasicQueue& queue) noexcept
        : queue_(queue), item_(queue.items_) {}

    // For WaitAny(), WaitAll() and callbacks.
    // NOLINTNEXTLINE(google-explicit-constructor)
    operator Waitable() noexcept { return item_.Target(); }

    // What Pop() returns: after a wait that took this one. Otherwise kTimeout.
    Popped<T> Take() noexcept {
      return queue_.Taken(queue_.BeginPop(item_.Take()));
    }

   private:
    BasicQueue& queue_;
    Granted<internal::ItemRules> item_;
  };

  // Likewise for a Push(): room in the queue.
  //
  // Example:
  //
  //   synclib::Queue<int> from, to(1);
  //   from.Push(42);
  //   synclib::Queue<int>::Popping popping(from);
  //   synclib::Queue<int>::Pushing pushing(to);
  //   synclib::WaitAll({popping, pushing});
  //   pushing.Push(*popping.Take().value);
  //   assert(to.Pop().value == 42);
  class Pushing {
   public:
    explicit Pushing(BasicQueue& queue) noexcept
        : queue_(queue), room_(queue.room_) {}

    // For WaitAny(), WaitAll() and callbacks.
    // NOLINTNEXTLINE(google-explicit-constructor)
    operator Waitable() noexcept { return room_.Target(); }

    // What Push() does and returns: after a wait that took this one. Otherwise
    // kTimeout, and `value` has not been moved from.
    template <std::convertible_to<T> U = T>
    QueueResult Push(U&& value) noexcept {
      return queue_.Pushed(std::forward<U>(value),
                           queue_.BeginPush(room_.Take()));
    }

   private:
    BasicQueue& queue_;
    Granted<internal::RoomRules> room_;
  };

  // From now on nothing can be pushed; what is in the queue can be popped, and
  // then Pop() says kClosed.
  using QueueCore::Close;
  using QueueCore::closed;

  // How many values are in the queue, and how many there may be.
  using QueueCore::bound;
  using QueueCore::size;

  // As Event::waiters(): who waits to push, to pop, or to join.
  using QueueCore::waiters;

  // Says that what was to be done with a value that was popped is done.
  using QueueCore::TaskDone;

  // Waits until TaskDone() has been called for each value that was pushed.
  using QueueCore::AsyncJoin;
  using QueueCore::Join;

  // The same for WaitAny(), WaitAll() and callbacks.
  Waitable Joined() noexcept {
    return Waitable({&unfinished_, AskingToJoin()});
  }

 private:
  // What is left of a push, or a pop, if it has begun.
  template <class U>
  QueueResult Pushed(U&& value, QueueResult begun) noexcept {
    if (begun != QueueResult::kReady) return begun;
    typename Store::Node node = Store::Make(std::forward<U>(value));
    Hold();
    store_.Put(node);
    EndPush();
    return begun;
  }
  Popped<T> Taken(QueueResult begun) noexcept {
    if (begun != QueueResult::kReady) return {begun, std::nullopt};
    typename Store::Node node = store_.Take();
    LetGo();
    EndPop();
    return {begun, Store::Value(std::move(node))};
  }

  Store store_;  // For who holds it.
};

// First in, first out.
template <class T>
using Queue = BasicQueue<T, internal::ListStore<T, false>>;

// Last in, first out.
template <class T>
using LifoQueue = BasicQueue<T, internal::ListStore<T, true>>;

// The least first, by Compare, and of those that are alike, first in, first
// out.
template <class T, class Compare = std::less<T>>
using PriorityQueue = BasicQueue<T, internal::SortedStore<T, Compare>>;

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_QUEUE_H_
