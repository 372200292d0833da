// How two commits stand to each other in a history that may be known in part only.
#pragma once

#include <cstdint>

namespace engine {

enum class Lineage : std::uint8_t {
  contains,  // the one is the other, or made on top of it
  before,    // the other is made on top of the one
  apart,     // neither
  unknown,   // one of them, or what is between, is not here
};

}  // namespace engine
