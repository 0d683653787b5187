// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The one list shape of the library: an intrusive, circular, doubly linked
// ring. A wait list is a pointer to the first node of a ring; a queue is a
// ring with a sentinel. A node leaves either without knowing which it is in.

#ifndef SYNC_INTERNAL_RING_H_
#define SYNC_INTERNAL_RING_H_

#include "sync/internal/config.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// The links of a node mean nothing before it is in a ring.
struct Ring {
  Ring* next;
  Ring* prev;

  // Makes this a ring of one: a lone node, or an empty queue's sentinel.
  void Reset() noexcept { next = prev = this; }

  // True of a lone node and of an empty queue's sentinel.
  bool alone() const noexcept { return next == this; }

  // Puts the whole ring that starts at `first` before this node, that is at
  // the end of the queue whose sentinel, or the list whose first node, this is.
  // If `first` is another node of this ring, undoes that: then there are two
  // rings, which start at this node and at `first`.
  void Append(Ring* first) noexcept {
    Ring* last = first->prev;
    prev->next = first;
    first->prev = prev;
    last->next = this;
    prev = last;
  }

  // The same for a single node, whatever its links say.
  void Push(Ring* node) noexcept {
    node->next = this;
    node->prev = prev;
    prev->next = node;
    prev = node;
  }

  // Takes this node out. Its own links stay, so that Relink() can undo it.
  void Unlink() noexcept {
    prev->next = next;
    next->prev = prev;
  }

  // Undoes the last Unlink() of a ring that has not changed since.
  void Relink() noexcept {
    prev->next = this;
    next->prev = this;
  }
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_RING_H_
