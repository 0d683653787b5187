// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Where a queue keeps what is in it.

#ifndef SYNC_INTERNAL_QUEUE_STORE_H_
#define SYNC_INTERNAL_QUEUE_STORE_H_

#include <memory>
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
  struct Link {
    template <class U>
    explicit Link(U&& v) : value(std::forward<U>(v)) {}
    T value;
    Link* next = nullptr;
  };

 public:
  using Node = std::unique_ptr<Link>;

  ListStore() = default;
  ~ListStore() {
    while (first_ != nullptr) Take();
  }
  ListStore(const ListStore&) = delete;
  ListStore& operator=(const ListStore&) = delete;

  template <class U>
  static Node Make(U&& value) {
    return std::make_unique<Link>(std::forward<U>(value));
  }
  static T Value(Node node) { return std::move(node->value); }

  void Put(Node& node) noexcept {
    Link** const place = kLastInFirstOut ? &first_ : end_;
    node->next = *place;
    if (node->next == nullptr) end_ = &node->next;
    *place = node.release();
  }
  // There is one.
  Node Take() noexcept {
    Node node(first_);
    first_ = node->next;
    if (first_ == nullptr) end_ = &first_;
    return node;
  }

 private:
  Link* first_ = nullptr;
  Link** end_ = &first_;  // The link of the last, which is null.
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
