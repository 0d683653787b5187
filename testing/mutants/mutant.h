// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Which mutant of the library this program is.

#ifndef SYNC_TESTING_MUTANTS_MUTANT_H_
#define SYNC_TESTING_MUTANTS_MUTANT_H_

#include <cstdlib>

// 0: none. See schemata.py.
inline const int synctest_mutant = [] {
  const char* const number = std::getenv("SYNCTEST_MUTANT");
  return number == nullptr ? 0 : std::atoi(number);
}();

#endif  // SYNC_TESTING_MUTANTS_MUTANT_H_
