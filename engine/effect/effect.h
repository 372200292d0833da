// Whether what a rollout writes will reach a cluster (specification, section 3.2).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace engine {

struct Effect {
  // no: it is proven that none of the known clusters will get it; yes: at least one will. Unknown
  // where the repository does not say.
  enum class Followed : std::uint8_t { yes, no, unknown };

  Followed followed = Followed::unknown;
  // Sentences, each with the file and line that prove it: of `no` why, first; then what will undo
  // the change, or has been undone by it.
  std::vector<std::string> notes;
};

}  // namespace engine
