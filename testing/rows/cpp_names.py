# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""What there is to wait and to lock with in C++20 and in Abseil, by name.

Of namespaces and classes, the public functions, objects and types that are
declared in them, but for constructors, exceptions' methods, enumerators, tag
types, and typedefs of what a class was given or wraps. Overloads and
specializations of what other headers declare, such as std::swap(), are theirs.
"""

NAMESPACES = ["std", "std::this_thread", "absl"]

_LOCK = "lock try_lock unlock"
_TIMED_LOCK = f"{_LOCK} try_lock_for try_lock_until"
_LOCK_SHARED = "lock_shared try_lock_shared unlock_shared"
_GUARD = f"{_TIMED_LOCK} mutex owns_lock release swap"
_NOTIFY = "notify_one notify_all"
_WAIT = "wait wait_for wait_until"
_THREAD = ("id join joinable detach get_id native_handle swap"
           " hardware_concurrency")
_STOP = "stop_requested stop_possible swap"

# Members by the namespace or class. A class is a name, too.
_MEMBERS = {
    "std": """
        lock try_lock defer_lock try_to_lock adopt_lock call_once once_flag
        cv_status notify_all_at_thread_exit
        binary_semaphore
        async launch future_status future_error future_errc future_category
        nostopstate
        atomic_wait atomic_wait_explicit atomic_notify_one atomic_notify_all
        atomic_flag_wait atomic_flag_wait_explicit atomic_flag_notify_one
        atomic_flag_notify_all
        """,
    # <mutex>
    "std::mutex": f"{_LOCK} native_handle",
    "std::recursive_mutex": f"{_LOCK} native_handle",
    "std::timed_mutex": f"{_TIMED_LOCK} native_handle",
    "std::recursive_timed_mutex": f"{_TIMED_LOCK} native_handle",
    "std::lock_guard": "",
    "std::scoped_lock": "",
    "std::unique_lock": _GUARD,
    # <shared_mutex>
    "std::shared_mutex": f"{_LOCK} {_LOCK_SHARED} native_handle",
    "std::shared_timed_mutex":
        f"{_TIMED_LOCK} {_LOCK_SHARED}"
        " try_lock_shared_for try_lock_shared_until",
    "std::shared_lock": _GUARD,
    # <condition_variable>
    "std::condition_variable": f"{_WAIT} {_NOTIFY} native_handle",
    "std::condition_variable_any": f"{_WAIT} {_NOTIFY}",
    # <semaphore>
    "std::counting_semaphore":
        "acquire try_acquire try_acquire_for try_acquire_until release max",
    # <latch>
    "std::latch": "count_down try_wait wait arrive_and_wait max",
    # <barrier>
    "std::barrier":
        "arrival_token arrive wait arrive_and_wait arrive_and_drop max",
    # <future>
    "std::promise":
        "get_future set_value set_exception set_value_at_thread_exit"
        " set_exception_at_thread_exit swap",
    "std::future": f"get share valid {_WAIT}",
    "std::shared_future": f"get valid {_WAIT}",
    "std::packaged_task":
        "get_future valid operator make_ready_at_thread_exit reset swap",
    # <stop_token>
    "std::stop_token": _STOP,
    "std::stop_source": f"{_STOP} get_token request_stop",
    "std::stop_callback": "callback_type",
    # <thread>
    "std::thread": _THREAD,
    "std::jthread": f"{_THREAD} get_stop_source get_stop_token request_stop",
    "std::this_thread": "get_id yield sleep_for sleep_until",
    # <atomic>, what waits in it.
    "std::atomic": f"wait {_NOTIFY}",
    "std::atomic_ref": f"wait {_NOTIFY}",
    "std::atomic_flag": f"wait {_NOTIFY}",

    # absl/synchronization and absl/base/call_once.h, of 2022 to 2026.
    "absl": """
        call_once once_flag
        OnDeadlockCycle SetMutexDeadlockDetectionMode
        EnableMutexInvariantDebugging RegisterMutexProfiler RegisterMutexTracer
        RegisterCondVarTracer RegisterSymbolizer
        """,
    "absl::Mutex": f"""
        {_LOCK} {_LOCK_SHARED}
        Lock TryLock Unlock WriterLock WriterTryLock WriterUnlock
        ReaderLock ReaderTryLock ReaderUnlock
        AssertHeld AssertReaderHeld AssertNotHeld
        Await AwaitWithTimeout AwaitWithDeadline
        LockWhen LockWhenWithTimeout LockWhenWithDeadline
        WriterLockWhen WriterLockWhenWithTimeout WriterLockWhenWithDeadline
        ReaderLockWhen ReaderLockWhenWithTimeout ReaderLockWhenWithDeadline
        EnableInvariantDebugging EnableDebugLog ForgetDeadlockInfo
        InternalAttemptToUseMutexInFatalSignalHandler
        """,
    "absl::MutexLock": "",
    "absl::ReaderMutexLock": "",
    "absl::WriterMutexLock": "",
    "absl::MutexLockMaybe": "",
    "absl::ReleasableMutexLock": "Release",
    "absl::Condition": "Eval GuaranteedEqual kTrue",
    "absl::CondVar":
        "Wait WaitWithTimeout WaitWithDeadline Signal SignalAll EnableDebugLog",
    "absl::Notification":
        "Notify HasBeenNotified WaitForNotification"
        " WaitForNotificationWithTimeout WaitForNotificationWithDeadline",
    "absl::BlockingCounter": "DecrementCount Wait",
    "absl::Barrier": "Block",
}


def names():
  """Yields them in full, such as std::mutex::lock."""
  for scope, members in _MEMBERS.items():
    if scope not in NAMESPACES:
      yield scope
    for member in members.split():
      yield f"{scope}::{member}"
