// The exit statuses of the command line (specification, section 9).
#pragma once

namespace cli {

inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kWrongUsage = 2;
// And the signal's number, as shells have it: a signal ended the command before it was done. A push
// that had begun is finished, and then the command is done.
inline constexpr int kSignalled = 128;

}  // namespace cli
