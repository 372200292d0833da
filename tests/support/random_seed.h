// The seed of a test that makes its cases at random.
#pragma once

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

namespace test {

// ROLLOUT_MCP_SEED, or `usual`; the report of the running test names it.
inline unsigned random_seed(unsigned usual) {
  const char* const given = std::getenv("ROLLOUT_MCP_SEED");
  const unsigned seed = given == nullptr ? usual : static_cast<unsigned>(std::atoi(given));
  testing::Test::RecordProperty("seed", std::to_string(seed));
  return seed;
}

}  // namespace test
