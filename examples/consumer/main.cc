// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <iostream>

#include "start_line.h"

int main() {
  synclib::Event start;
  std::cout << consumer::RunFrom(start) << " runners started together\n";
}
