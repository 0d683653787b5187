// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Where a queue keeps what is in it.

#ifndef SYNC_INTERNAL_QUEUE_STORE_H_
#define SYNC_INTERNAL_QUEUE_STORE_H_

#include <list>
#include <set>
#include <type_traits>
#include <utility>

#include "sync/internal/config.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// First in, first out, or last. A Node holds one value, outside of the store;
// Put() and Take() neither allocate nor touch values, but to compare
// them.
template <class T, bool kLastInFirstOut>
class ListStore {
 public:
  using Node = std::list<T>;

  template <class U>
  static Node Make(U&& value) {
    Node node;
    node.emplace_back(std::forward<U>(value));
    return node;
  }
  static T Value(Node node) { return std::move(node.front()); }

  void Put(Node& node) noexcept {
    values_.splice(kLastInFirstOut ? values_.begin() : values_.end(), node);
  }
  Node Take() noexcept {
    Node node;
    node.splice(node.begin(), values_, values_.begin());
    return node;
  }

 private:
  std::list<T> values_;
};

// The least first; of those that are alike, first in, first out.
template <class T, class Compare>
class SortedStore {
  static_assert(std::is_empty_v<Compare>,
                "what orders a PriorityQueue is a class without data");

 public:
  using Node = typename std::multiset<T, Compare>::node_type;

  template <class U>
  static Node Make(U&& value) {
    std::multiset<T, Compare> one;
    return one.extract(one.emplace(std::forward<U>(value)));
  }
  static T Value(Node node) { return std::move(node.value()); }

  void Put(Node& node) noexcept { values_.insert(std::move(node)); }
  Node Take() noexcept { return values_.extract(values_.begin()); }

 private:
  std::multiset<T, Compare> values_;
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_QUEUE_STORE_H_
