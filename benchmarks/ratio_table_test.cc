// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/ratio_table.h"

#include "gtest/gtest.h"

namespace syncbench {
namespace {

const RatioTable::Subject kFloor{"Floor", true};
const RatioTable::Subject kOurs{"Ours", false};
const RatioTable::Subject kPeer{"Peer", false};

TEST(RatioTableTest, EachRowIsRelativeToItsFloor) {
  RatioTable table("Ours");
  table.Add("Look", kFloor, 0.5);
  table.Add("Look", kOurs, 0.6);
  table.Add("Look", kPeer, 60);
  table.Add("Touch/n:2", kOurs, 3000);
  table.Add("Touch/n:2", kFloor, 2000);
  EXPECT_EQ(table.Ratios(),
            "               Ours      Peer       floor\n"
            "Look           1.20       120     0.50 ns  Floor\n"
            "Touch/n:2      1.50         -     2.00 us  Floor\n");
}

TEST(RatioTableTest, ARowWithoutFloorHasNoRatios) {
  RatioTable table("Ours");
  table.Add("Look", kOurs, 0.6);
  EXPECT_EQ(table.Ratios(),
            "          Ours       floor\n"
            "Look         -           -\n");
}

TEST(RatioTableTest, BehindIsWhoeverTakesOverFivePercentLonger) {
  RatioTable table("Ours");
  table.Add("A", kFloor, 100);
  table.Add("A", kOurs, 104);
  table.Add("A", kPeer, 120);
  table.Add("B", kFloor, 100);
  table.Add("B", kOurs, 106);
  table.Add("B", kPeer, 53);
  EXPECT_EQ(table.Behind(),
            "Where Ours is behind, by more than 5 %:\n"
            "  B: takes 1.06 times as long as Floor, the floor\n"
            "  B: takes 2.00 times as long as Peer\n");
}

TEST(RatioTableTest, BehindSaysSoIfThereIsNothing) {
  RatioTable table("Ours");
  table.Add("A", kFloor, 100);
  table.Add("A", kOurs, 90);
  EXPECT_EQ(table.Behind(),
            "Where Ours is behind, by more than 5 %:\n"
            "  nowhere\n");
}

}  // namespace
}  // namespace syncbench
