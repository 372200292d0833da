# std::stop_token and std::jthread. libc++ up to version 19, which is Apple's up to Xcode 16, has them only among what it
# calls experimental. The macro is enough: -fexperimental-library would also link a library that Macs do not have and
# that these two do not need.
include(CheckCXXSourceCompiles)
set(stop_token_program [[
  #include <condition_variable>
  #include <mutex>
  #include <stop_token>
  #include <thread>
  int main() {
    std::mutex mutex;
    std::condition_variable_any never;
    const std::jthread thread([&](std::stop_token stop) {
      std::unique_lock lock(mutex);
      never.wait(lock, stop, [] { return false; });
    });
  }
]])
set(ROLLOUT_MCP_STANDARD_LIBRARY "")
set(CMAKE_REQUIRED_FLAGS "${CMAKE_CXX20_STANDARD_COMPILE_OPTION}")
set(CMAKE_REQUIRED_LIBRARIES Threads::Threads)
check_cxx_source_compiles("${stop_token_program}" ROLLOUT_MCP_HAS_STOP_TOKEN)
if(NOT ROLLOUT_MCP_HAS_STOP_TOKEN)
  set(CMAKE_REQUIRED_DEFINITIONS -D_LIBCPP_ENABLE_EXPERIMENTAL)
  check_cxx_source_compiles("${stop_token_program}" ROLLOUT_MCP_HAS_EXPERIMENTAL_STOP_TOKEN)
  unset(CMAKE_REQUIRED_DEFINITIONS)
  if(NOT ROLLOUT_MCP_HAS_EXPERIMENTAL_STOP_TOKEN)
    message(FATAL_ERROR "The standard library of ${CMAKE_CXX_COMPILER} lacks std::stop_token or std::jthread. "
                        "libstdc++ 12 or newer has them, and libc++ 18 or newer (Xcode 16, or Homebrew's llvm).")
  endif()
  set(ROLLOUT_MCP_STANDARD_LIBRARY _LIBCPP_ENABLE_EXPERIMENTAL)
endif()
unset(CMAKE_REQUIRED_FLAGS)
unset(CMAKE_REQUIRED_LIBRARIES)
