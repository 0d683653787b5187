// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Touches of what others may have destroyed, or may not have written yet.

#include <cstdint>
#include <memory>

#include "gtest/gtest.h"
#include "testing/model/atomic.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"
#include "testing/shame/lock.h"
#include "testing/shame/shame.h"

namespace synctest {
namespace {

using model::Atomic;
using model::Check;
using model::Place;
using model::Thread;

// Abseil, Mutex and CondVar (2022):
// https://github.com/abseil/abseil-cpp/commit/9444b11e
// Who wakes a thread takes it off the queue, and then posts its semaphore. The
// thread sees the first without the second, goes on, and ends; the semaphore,
// which was a part of it, is posted when it is gone.
class ThreadIdentity {
 public:
  explicit ThreadIdentity(Code code) : code_(code) {}

  void Block() {
    while (code_ == Code::kShipped ? queued_.load(kAcquire) == 1
                                   : posts_.load(kAcquire) == 0) {
      Sleep(posts_, 0);
    }
  }
  void Unblock() {
    queued_.store(0, kRelease);
    posts_.fetch_add(1, kRelease);
    WakeOne(&posts_);
  }

 private:
  const Code code_;
  Atomic<uint32_t> queued_{1};
  Atomic<uint32_t> posts_{0};
};

TEST(Lifetime, AbseilPostsTheSemaphoreOfAThreadThatHasEnded) {
  ExpectFound(
      [](Code code) {
        Atomic<ThreadIdentity*> queue{nullptr};
        Thread waiter("waiter", [&] {
          const auto self = std::make_unique<ThreadIdentity>(code);
          queue.store(self.get(), kRelease);
          self->Block();
        });
        ThreadIdentity* first = nullptr;
        while ((first = queue.load(kAcquire)) == nullptr) {
          model::Yield(Place::current());
        }
        first->Unblock();
      },
      "destroy");
}

// userver, WaitListLight (2023):
// https://github.com/userver-framework/userver/commit/6b70cdb31
// Who wakes reads which task waits, and then wakes it. A task that takes itself
// off the list between the two ends, and is woken afterwards.
class WaitListLight {
 public:
  struct Task {
    void WakeUp() {
      woken.store(1, kRelease);
      WakeOne(&woken);
    }
    Atomic<uint32_t> woken{0};
  };

  explicit WaitListLight(Code code) : code_(code) {}

  void Append(Task& task) { task_.store(&task, kRelease); }
  void Remove(Task& task) {
    if (task_.exchange(nullptr, kAcqRel) != nullptr ||
        code_ == Code::kShipped) {
      return;
    }
    // Who has taken it off is about to wake it.
    while (task.woken.load(kAcquire) == 0) Sleep(task.woken, 0);
  }
  void WakeupOne() {
    Task* const task = code_ == Code::kShipped
                           ? task_.load(kAcquire)
                           : task_.exchange(nullptr, kAcqRel);
    if (task != nullptr) task->WakeUp();
  }

 private:
  const Code code_;
  Atomic<Task*> task_{nullptr};
};

TEST(Lifetime, UserverWakesATaskThatHasRemovedItself) {
  ExpectFound(
      [](Code code) {
        WaitListLight list(code);
        Thread waiter("waiter", [&] {
          const auto task = std::make_unique<WaitListLight::Task>();
          list.Append(*task);
          list.Remove(*task);
        });
        list.WakeupOne();
      },
      "destroy");
}

// cppcoro, lightweight_manual_reset_event (2018):
// https://github.com/lewissbaker/cppcoro/commit/0a768bf
// set() unlocks, and then notifies. Whoever waits may see that the event is set
// before it is notified, return, and destroy what set() is about to touch.
class LightweightEvent {
 public:
  explicit LightweightEvent(Code code) : code_(code) {}

  void Set() {
    lock_.lock();
    is_set_ = true;
    if (code_ == Code::kMended) {
      changed_.NotifyAll();
      lock_.unlock();
    } else {
      lock_.unlock();
      changed_.NotifyAll();
    }
  }
  void Wait() {
    const Holder holder(lock_);
    while (!is_set_) changed_.Wait(lock_);
  }

 private:
  const Code code_;
  Lock lock_;
  Condition changed_;
  bool is_set_ = false;
};

TEST(Lifetime, CppcoroEventIsNotifiedAfterItsWaiterHasDestroyedIt) {
  ExpectFound(
      [](Code code) {
        auto event = std::make_unique<LightweightEvent>(code);
        Thread setter("setter", [e = event.get()] { e->Set(); });
        event->Wait();
        event.reset();
      },
      "destroy");
}

// stdexec, run_loop under sync_wait (2026):
// https://github.com/NVIDIA/stdexec/pull/1746
// finish() first says that the loop is over, and then wakes who runs it. The
// runner need not sleep to see the first, returns from the function that has
// the loop among its locals, and finish() goes on in a frame that is gone.
class RunLoop {
 public:
  explicit RunLoop(Code code) : code_(code) {}

  void Run() {
    while (code_ == Code::kShipped ? finishing_.load(kAcquire) == 0
                                   : wakeups_.load(kAcquire) == 0) {
      Sleep(wakeups_, 0);
    }
  }
  void Finish() {
    finishing_.store(1, kRelease);
    wakeups_.store(1, kRelease);
    WakeAll(&wakeups_);
  }

 private:
  const Code code_;
  Atomic<uint32_t> finishing_{0};
  Atomic<uint32_t> wakeups_{0};
};

TEST(Lifetime, StdexecFinishesALoopThatItsRunnerHasLeft) {
  ExpectFound(
      [](Code code) {
        Thread completer;
        RunLoop loop(code);
        completer = Thread("completer", [&] { loop.Finish(); });
        loop.Run();
      },
      "destroy");
}

// .NET, CountdownEvent (2019): https://github.com/dotnet/corefx/pull/35024
// The last Signal() counts down to zero, and then sets an event within. IsSet
// looks at the count. A Wait() that finds it so returns while the Signal() is
// on its way to an event that may be disposed of by now.
class CountdownEvent {
 public:
  CountdownEvent(Code code, uint32_t count) : code_(code), count_(count) {}

  void Signal() {
    if (count_.fetch_sub(1, kAcqRel) != 1) return;
    event_.store(1, kRelease);
    WakeAll(&event_);
  }
  bool IsSet() const {
    return code_ == Code::kShipped ? count_.load(kAcquire) == 0
                                   : event_.load(kAcquire) == 1;
  }
  void Wait() {
    while (!IsSet()) Sleep(event_, 0);
  }

 private:
  const Code code_;
  Atomic<uint32_t> count_;
  Atomic<uint32_t> event_{0};
};

TEST(Lifetime, DotnetCountdownIsOverBeforeItsLastSignalIs) {
  ExpectFound(
      [](Code code) {
        auto countdown = std::make_unique<CountdownEvent>(code, 2);
        const auto signals = [c = countdown.get()] { c->Signal(); };
        Thread first("first", signals);
        Thread second("second", signals);
        countdown->Wait();
        countdown.reset();
      },
      "destroy");
}

// TooManyCooks (2026): https://github.com/tzcnt/TooManyCooks/pull/182
// A coroutine that suspends puts its awaiter where others find it, and reads a
// member of the awaiter after that. It may have been resumed by then, have gone
// on, and have ended with all that was in its frame.
class Semaphore {
 public:
  struct Awaiter {
    Semaphore* semaphore;

    void Suspend(Code code) {
      Semaphore* const mine = semaphore;
      mine->waiting_.store(this);
      (code == Code::kShipped ? semaphore : mine)->ResumeIfFree();
    }
    // Runs to the end of the coroutine, whose frame has the awaiter.
    void Resume() { delete this; }
  };

  void Release() {
    permits_.store(1);
    ResumeIfFree();
  }

 private:
  void ResumeIfFree() {
    if (permits_.load() == 0) return;
    Awaiter* const awaiter = waiting_.exchange(nullptr);
    if (awaiter != nullptr) awaiter->Resume();
  }

  Atomic<uint32_t> permits_{0};
  Atomic<Awaiter*> waiting_{nullptr};
};

TEST(Lifetime, TooManyCooksReadsAnAwaiterThatIsPublished) {
  ExpectFound(
      [](Code code) {
        Semaphore semaphore;
        Thread releaser("releaser", [&] { semaphore.Release(); });
        auto* const awaiter = new Semaphore::Awaiter{&semaphore};
        awaiter->Suspend(code);
      },
      "a data race");
}

// libcoro, mutex (2021): https://github.com/jbaldwin/libcoro/pull/108
// A coroutine that suspends joins the list of waiters, and then writes down who
// is to be resumed. An unlock() between the two resumes nobody.
class CoroutineMutex {
 public:
  struct Awaiter {
    const char* handle = nullptr;
  };

  explicit CoroutineMutex(Code code) : code_(code) {}

  void Suspend(Awaiter& awaiter, const char* handle) {
    if (code_ == Code::kMended) awaiter.handle = handle;
    waiting_.store(&awaiter, kRelease);
    if (code_ == Code::kShipped) awaiter.handle = handle;
  }
  void Unlock() {
    if (Awaiter* const awaiter = waiting_.exchange(nullptr, kAcquire)) {
      Check(awaiter->handle != nullptr, "resumes nobody");
    }
  }

 private:
  const Code code_;
  Atomic<Awaiter*> waiting_{nullptr};
};

TEST(Lifetime, LibcoroPublishesAnAwaiterBeforeItsHandle) {
  ExpectFound(
      [](Code code) {
        CoroutineMutex mutex(code);
        CoroutineMutex::Awaiter awaiter;
        Thread owner("owner", [&] { mutex.Unlock(); });
        mutex.Suspend(awaiter, "main");
      },
      "a data race");
}

}  // namespace
}  // namespace synctest
