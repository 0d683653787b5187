// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_TOOLS_TESTDATA_DOC_TEST_H_
#define SYNC_TOOLS_TESTDATA_DOC_TEST_H_

// A header with examples, for the test of doc_test.
//
// Example:
//
//   EXPECT_EQ(fixture::Twice(21), 42);
//
//   for (int i = 0; i < 3; ++i) {
//     EXPECT_EQ(fixture::Twice(i), i + i);
//   }
//
// This line is no longer part of it.
namespace fixture {

class Counter {
 public:
  // Adds one.
  //
  // Example (a function, then the statements that use it):
  //   int AddTwice(fixture::Counter& counter) {
  //     counter.Add();
  //     return counter.Add();
  //   }
  //
  //   fixture::Counter counter;
  //   EXPECT_EQ(AddTwice(counter), 2);
  int Add() { return ++count_; }

 private:
  int count_ = 0;
};

inline int Twice(int n) { return 2 * n; }

}  // namespace fixture

#endif  // SYNC_TOOLS_TESTDATA_DOC_TEST_H_
