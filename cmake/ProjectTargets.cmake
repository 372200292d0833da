# How every target of this project is compiled: language, warnings, sanitizers, hardening.
# Functions on a target, so that nothing leaks into what a dependency compiles.

set(ROLLOUT_MCP_SANITIZE "" CACHE STRING "Sanitizers to build with, as in -fsanitize=<value>")
option(ROLLOUT_MCP_COVERAGE "Count which lines run, with g++: see scripts/test coverage" OFF)
option(ROLLOUT_MCP_FUZZ "Instrument everything for libFuzzer, and link the fuzz targets with it" OFF)
# Those of the hardening options that not every compiler has for every processor; the second one is x86's.
include(CheckCXXCompilerFlag)
set(ROLLOUT_MCP_HARDENING "")
foreach(option stack-clash-protection cf-protection)
  string(MAKE_C_IDENTIFIER "ROLLOUT_MCP_HAS_${option}" result)
  set(CMAKE_REQUIRED_FLAGS -Werror) # an option that is ignored is not there
  check_cxx_compiler_flag("-f${option}" ${result})
  unset(CMAKE_REQUIRED_FLAGS)
  if(${result})
    list(APPEND ROLLOUT_MCP_HARDENING "-f${option}")
  endif()
endforeach()
# What users get is hardened; a directory may turn it off for what they never see.
set(ROLLOUT_MCP_HARDEN ON)

function(project_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${target} PUBLIC ${ROLLOUT_MCP_STANDARD_LIBRARY}) # see StopToken.cmake
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
    # Designated initializers name what differs from the default, and nothing else.
    -Wno-missing-field-initializers
    # False positives of g++ 12 on std::stop_source (GCC bug 105593 and its kin).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-error=maybe-uninitialized>
    # And of its optimiser on "literal" + std::string (GCC bugs 105329 and 105651). The sanitizer builds see real ones.
    "$<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread>"
    # Meant for headers; g++ takes the files that a unity build compiles together for some.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>
    # What is guarded is touched under its lock: locking/annotations.h.
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
  if(ROLLOUT_MCP_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  if(ROLLOUT_MCP_COVERAGE)
    # Atomic, since threads count at once.
    target_compile_options(${target} PRIVATE --coverage -fprofile-update=atomic)
    target_link_options(${target} PUBLIC --coverage)
  endif()
  if(ROLLOUT_MCP_SANITIZE)
    target_compile_options(${target} PUBLIC
      -fsanitize=${ROLLOUT_MCP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${ROLLOUT_MCP_SANITIZE})
  elseif(ROLLOUT_MCP_HARDEN AND CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo)$")
    # Bounds of the standard library's containers, strings and views are checked: a mistake ends the process at once.
    target_compile_options(${target} PRIVATE -fstack-protector-strong ${ROLLOUT_MCP_HARDENING} -U_FORTIFY_SOURCE
                                             -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS)
    if(NOT APPLE)
      target_link_options(${target} PUBLIC -Wl,-z,relro,-z,now,--as-needed)
    endif()
  endif()
endfunction()

function(project_library target)
  add_library(${target} STATIC ${ARGN})
  project_target(${target})
  # The presets release, asan and tsan compile eight files of a library together (CMAKE_UNITY_BUILD), which takes half the
  # time. In the others each file still has to compile by itself.
  set_target_properties(${target} PROPERTIES UNITY_BUILD_BATCH_SIZE 8)
endfunction()
