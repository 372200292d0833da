// Where the number of a pull request is from.
#pragma once

namespace engine {

// An argument, which may be the tag; gh; or the pull refs of the project's remote.
enum class PrSource { argument, gh, refs };

}  // namespace engine
