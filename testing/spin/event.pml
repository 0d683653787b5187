// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The wait list and the Event, as wait_core.cc has them, for Spin: every
// interleaving of a few waiters, broadcasts, stops and time-outs, one step for
// each access of the code to what is shared. A loop around a compare-exchange is
// one step: a failed round has no effect, and the one that succeeds has read
// what it replaces. Memory is sequentially consistent here. A step that the code
// labels in its table of orders bears the same label here.
//
// What is checked, by the names of docs/semantics.md:
//
//   S1  a waiter is woken once            S3  ready only by a broadcast
//   S2  who had joined ends ready         S5  nothing is touched that is gone
//   S9  who waits past the broadcasts that it has seen misses none
//   L2  who is released returns (the formula at the end, under fairness);
//       Spin itself finds deadlocks
//
// The configuration, by -D: WAITERS, of which the first LIMITED may time out
// and the first STOPPED are stopped by somebody, and of which the last AGAIN,
// who aren't stopped, wait twice with the same node, and the last PAST wait past
// the last broadcast that they have seen, and not for the flag; SETS, PULSES and
// CLEARS processes that do so once; DESTROY, the first that returns destroys the
// event; SPURIOUS, sleep may end without a wake. A waiter stands for a thread,
// and for a coroutine or callback with an executor: what happens to its node is
// the same. -DMUTANT=n breaks the algorithm, for run_spin.py to see that it shows.

#ifndef WAITERS
#define WAITERS 2
#endif
#ifndef LIMITED
#define LIMITED 1
#endif
#ifndef STOPPED
#define STOPPED 1
#endif
#ifndef AGAIN
#define AGAIN 0
#endif
#ifndef PAST
#define PAST 0
#endif
#ifndef SETS
#define SETS 1
#endif
#ifndef PULSES
#define PULSES 1
#endif
#ifndef CLEARS
#define CLEARS 1
#endif
#ifndef DESTROY
#define DESTROY 0
#endif
#ifndef SPURIOUS
#define SPURIOUS 0
#endif
#ifndef MUTANT
#define MUTANT 0
#endif

#define PROCESSES (WAITERS + STOPPED + SETS + PULSES)

// The word.
#define kLocked 1
#define kHasWaiters 2
#define kDrain 4
#define kLockParked 8
#define kListBits 15
#define kSet 16
#define kOneEpoch 32
#define EPOCH(w) ((w) >> 5)

byte word = 0; // Of few broadcasts.
bool listed[WAITERS];   // The list; its order is of no account here.
bool asleep[PROCESSES]; // Who sleeps on the word.
bool destroyed = false;

// The nodes.
#define kJoined 1
#define kGivenUp 2
#if MUTANT != 11 // Who gives up need not be the first that does.
#define IS_FIRST(was) ((was) == kJoined)
#else
#define IS_FIRST(was) ((was) & kJoined)
#endif
bool alive[WAITERS];
bool woken[WAITERS];    // The word that the thread sleeps on.
bool sleeping[WAITERS]; // On it.
bool armed[WAITERS];    // The stop callback.
bool stopping[WAITERS]; // It is running.
byte gate[WAITERS];
byte epoch_of[WAITERS];
bool cancelled[WAITERS];

// What the specification says about each wait.
byte seen[WAITERS];       // The last broadcast that it was released by.
bool registered[WAITERS]; // Joined, and not released.
bool released[WAITERS];   // A broadcast took effect while it was registered.
bool returned[WAITERS];

#define TOUCH_EVENT assert(!destroyed)
#define TOUCH_NODE(i) assert(alive[i])

// A broadcast takes effect: all who are registered are released.
inline Effect() {
  d_step {
    e = 0;
    do
    :: e < WAITERS ->
      released[e] = released[e] || registered[e];
      registered[e] = false;
      e++
    :: else -> break
    od;
    e = 0
  }
}

// By address: the event may be gone.
inline WakeListSleepers() {
  d_step {
    e = 0;
    do
    :: e < PROCESSES -> asleep[e] = false; e++
    :: else -> break
    od;
    e = 0
  }
}

// AwaitChange(): sleeps if the word is still `snap`, the one that it has marked.
inline AwaitChange() {
  atomic {
    TOUCH_EVENT;
    if
    :: word == snap -> asleep[me] = true
    :: else
    fi;
    snap = 0
  };
  if
  :: !asleep[me]
#if SPURIOUS
  :: asleep[me] -> asleep[me] = false
#endif
  fi
}

// Of a step that finds the list held: marks that somebody sleeps.
inline MarkSleeper() {
  word = word | kLockParked;
  snap = word
}

// list_.TakeAll(), for the holder.
inline TakeAll() {
  d_step {
    TOUCH_EVENT;
    e = 0;
    do
    :: e < WAITERS -> ring[e] = listed[e]; listed[e] = false; e++
    :: else -> break
    od;
    e = 0
  }
}

inline AnyListed() {
  any = false;
  e = 0;
  do
  :: e < WAITERS -> any = any || listed[e]; e++
  :: else -> break
  od;
  e = 0
}

// Hands out `ring`: wakes each, who may be gone then.
inline HandOut() {
  r = 0;
#if MUTANT == 10 // Wakes all but the last, which sleeps where it may: see the formula.
  ring[WAITERS - 1] = false;
#endif
  do
  :: r < WAITERS ->
    if
    :: ring[r] ->
      atomic {
        TOUCH_NODE(r);
        assert(!woken[r]); // S1
#if MUTANT == 13 // Wakes, and then says why.
        sleeping[r] = false
      };
      atomic {
#endif
        woken[r] = true; // [P1]
        ring[r] = false
      };
#if MUTANT != 13
      sleeping[r] = false; // By address: the node may be gone.
#endif
#if MUTANT == 1 // Reads what comes next after the wake.
      TOUCH_NODE(r);
#endif
    :: else
    fi;
    r++
  :: else -> break
  od;
  r = 0
}

// Unlock(): `leaving` is WAITERS for nobody. Leaves in `ring` whom a drain has
// released, and in `drained` whether there was one.
inline Unlock(leaving) {
  drained = false;
  if
  :: leaving < WAITERS ->
    atomic { TOUCH_EVENT; TOUCH_NODE(leaving); listed[leaving] = false }
  :: else
  fi;
  do
  :: atomic {
      TOUCH_EVENT;
      snap = word;
      if
#if MUTANT != 2 // Unlocks without a look at drain.
      :: (snap & kDrain) && !drained -> drained = true
#endif
      :: else ->
        AnyListed();
        word = (snap & ~kListBits) | (any -> kHasWaiters : 0); // [U1] [U2]
        any = false;
        if
        :: leaving < WAITERS && !drained ->
          assert(!released[leaving]); // S2
          registered[leaving] = false
        :: else
        fi;
        break
      fi
    };
#if MUTANT != 3 // Who leaves is forgotten by the drain.
    if
    :: leaving < WAITERS ->
      atomic { TOUCH_NODE(leaving); listed[leaving] = true }
    :: else
    fi;
#endif
    TakeAll()
  od;
  if
  :: snap & kLockParked -> WakeListSleepers()
  :: else
  fi;
  snap = 0
}

// Remove(): true in `removed` if `i` has left the list unreleased.
inline Remove(i) {
  removed = false;
  do
  :: atomic {
      TOUCH_EVENT;
      TOUCH_NODE(i);
      if
#if MUTANT != 4 // Linked until the wake.
      :: EPOCH(word) != epoch_of[i] -> break
#else
      :: woken[i] -> break
#endif
      :: else ->
        if
        :: word & kLocked -> MarkSleeper()
        :: else -> word = word | kLocked // [L1]
        fi
      fi
    };
    if
    :: snap != 0 -> AwaitChange()
    :: else -> Unlock(i); removed = !drained; break
    fi
  od
}

// Park(): until it is woken, or its limit has come. [P2] The kernel compares and
// sleeps in one step; mutant 12 sleeps without a look. `label` is where it does.
#define PARK(label) \
  label: do \
  :: !sleeping[me] && woken[me] -> break \
  :: !woken[me] && me < LIMITED && may_expire -> \
     atomic { expired = true; sleeping[me] = false; break } \
  :: !sleeping[me] && !woken[me] -> \
     sleeping[me] = (MUTANT == 12 || !woken[me]) \
  :: SPURIOUS && sleeping[me] -> sleeping[me] = false \
  od

// What a wait asks for.
#if MUTANT != 14 // Past the broadcast before.
#define IS_PAST(w) (EPOCH(w) > seen[me])
#else
#define IS_PAST(w) (EPOCH(w) >= seen[me])
#endif
#define SATISFIED(w) (me >= WAITERS - PAST -> IS_PAST(w) : ((w) & kSet) != 0)

#define LOCALS byte snap; bool any; bool drained; \
  bool removed; byte e; byte r; bool ring[WAITERS]

proctype Waiter(byte me) {
  LOCALS;
  byte was;
  bool ready = false; // At once.
  bool gave_up = false;
  bool may_expire;
  bool expired;
  bool again = me >= WAITERS - AGAIN;

begin:
  atomic { alive[me] = true; may_expire = true };
  // Try(). [W1]
  atomic {
    TOUCH_EVENT;
    if
    :: SATISFIED(word) -> ready = true; epoch_of[me] = EPOCH(word) - 1; goto over
    :: else
    fi
  };
  armed[me] = me < STOPPED;

  // Join().
  do
  :: // Given up before it has joined: by its token, or its limit.
    (gate[me] & kGivenUp) || me < LIMITED -> gave_up = true; goto disarm
  :: atomic {
      TOUCH_EVENT;
      if
      :: SATISFIED(word) -> // [W1]
        ready = true; epoch_of[me] = EPOCH(word) - 1; goto disarm
      :: else ->
        if
        :: word & kLocked -> MarkSleeper()
        :: else ->
          epoch_of[me] = EPOCH(word);
          word = word | kLocked; // [L1]
          registered[me] = true
        fi
      fi
    };
    if
    :: snap != 0 -> AwaitChange()
    :: else -> break
    fi
  od;
  atomic { // Of the holder alone.
    TOUCH_EVENT;
    listed[me] = true
  };
  atomic { was = gate[me]; gate[me] = was | kJoined }; // [G1]
  if
  :: was == 0 -> Unlock(WAITERS)
  :: else ->
    Unlock(me);
    if
    :: !drained -> gave_up = true; goto disarm
    :: else
    fi
  fi;
  HandOut();

  PARK(end_parked); // It may wait for ever, but see the formula.
  if
  :: expired ->
    atomic { expired = false; may_expire = false };
    atomic { was = gate[me]; gate[me] = was | kGivenUp }; // [G1]
    if
    :: IS_FIRST(was) ->
      Remove(me);
      if
      :: removed -> gave_up = true
      :: else -> HandOut(); PARK(granted)
      fi
    :: else -> PARK(ending)
    fi
  :: else
  fi;

disarm:
  atomic { was = 0; drained = false; removed = false };
  armed[me] = false;
  !stopping[me];
over:
  atomic {
    assert(!ready || !woken[me]);                              // S1
    assert(!(released[me] && (gave_up || cancelled[me])));     // S2
    assert(ready || gave_up || cancelled[me] || released[me]); // S3
    if
    :: me >= WAITERS - PAST && (ready || released[me]) ->
      assert(ready || epoch_of[me] == seen[me]); // S9
      assert(epoch_of[me] >= seen[me] && epoch_of[me] < EPOCH(word));
      seen[me] = epoch_of[me] + 1
    :: else
    fi;
    returned[me] = true;
    alive[me] = false
  };
  if
  :: again ->
    atomic { // The node is used once more, for another wait.
      again = false;
      ready = false;
      gave_up = false;
      gate[me] = 0;
#if MUTANT != 15 // The next wait begins with the last one's wake.
      woken[me] = false;
#endif
      cancelled[me] = false;
      released[me] = false;
      returned[me] = false
    };
    goto begin
  :: else
  fi;
#if DESTROY
  // It knows, from elsewhere, that all waits have been released.
  byte others = 0;
  do
  :: others < WAITERS && (released[others] || returned[others]) -> others++
  :: others < WAITERS && !(released[others] || returned[others]) -> goto left
  :: others == WAITERS -> break
  od;
  atomic {
    if
    :: destroyed -> goto left
    // The destructor waits for the holder of the list. [D1]
    :: !destroyed && !(word & kDrain) -> destroyed = true
    fi
  };
left:
#endif
  skip
}

// Whoever stops the token of `i`.
proctype Stopper(byte me; byte i) {
  LOCALS;
  byte was;

end_not_needed:
  if
  :: atomic { armed[i] -> stopping[i] = true }
  :: returned[i] -> goto over
  fi;
  TOUCH_NODE(i);
  atomic { was = gate[i]; gate[i] = was | kGivenUp }; // [G1]
  if
  :: IS_FIRST(was) ->
    Remove(i);
    if
    :: removed -> TOUCH_NODE(i); cancelled[i] = true; ring[i] = true
    :: else
    fi
  :: else
  fi;
  atomic { was = 0; drained = false; removed = false };
  stopping[i] = false;
  HandOut();
over:
  skip
}

// The word that follows `word` by the event's own rules.
#define STEP(w) (pulse -> ((w) + kOneEpoch) & ~kSet : \
                 ((w) & kSet -> (w) : ((w) + kOneEpoch) | kSet))

// A broadcast, by Set() or Pulse().
proctype Setter(byte me; bool pulse) {
  LOCALS;

  atomic {
    TOUCH_EVENT;
    snap = STEP(word);
    if
    :: EPOCH(snap) != EPOCH(word) && (word & kLocked) ->
#if MUTANT != 5 // Publishes without drain.
      word = snap | kDrain; // [B1]
#else
      word = snap;
#endif
      Effect();
      goto over
    :: EPOCH(snap) != EPOCH(word) && !(word & kLocked) && (word & kHasWaiters) ->
#if MUTANT != 6 // Publishes before it detaches.
      word = word | kLocked // [L1]
#else
      word = snap | kLocked;
      Effect()
#endif
    :: else ->
      if
      :: EPOCH(snap) != EPOCH(word) -> word = snap; Effect() // [B1]
      :: else
      fi;
      goto over
    fi;
    snap = 0
  };
  TakeAll();
  atomic {
    TOUCH_EVENT;
    snap = word;
#if MUTANT != 6
    word = STEP(word);
#endif
    if
    :: EPOCH(snap) != EPOCH(word) -> Effect()
    :: else
    fi;
    word = word & ~kListBits // [B2]
  };
#if MUTANT == 7 // Touches the event after the commit.
  TOUCH_EVENT;
#endif
#if MUTANT != 8 // Forgets who sleeps for the list.
  if
  :: snap & kLockParked -> WakeListSleepers()
  :: else
  fi;
#endif
  snap = 0;
  HandOut(); // [P1]
over:
  skip
}

proctype Clearer() {
  atomic {
    TOUCH_EVENT;
#if MUTANT != 9 // Drops drain.
    word = word & ~kSet // [B3]
#else
    word = word & ~(kSet | kDrain)
#endif
  }
}

init {
  byte n = 0;
  atomic {
    do
    :: n < WAITERS -> run Waiter(n); n++
    :: else -> break
    od;
    n = 0;
    do
    :: n < STOPPED -> run Stopper(WAITERS + n, n); n++
    :: else -> break
    od;
    n = 0;
    do
    :: n < SETS -> run Setter(WAITERS + STOPPED + n, false); n++
    :: else -> break
    od;
    n = 0;
    do
    :: n < PULSES -> run Setter(WAITERS + STOPPED + SETS + n, true); n++
    :: else -> break
    od;
    n = 0;
    do
    :: n < CLEARS -> run Clearer(); n++
    :: else -> break
    od
  }
}

#define RETURNS(i) [] (released[i] -> <> returned[i])
ltl released_waits_return {
  RETURNS(0)
#if WAITERS > 1
  && RETURNS(1)
#endif
#if WAITERS > 2
  && RETURNS(2)
#endif
}
#if WAITERS > 3
#error The formula speaks of three waiters.
#endif
