# The headers that take longest to parse, precompiled once for all targets: what makes the first build a matter of a few
# minutes on two cores, and the sanitizer builds fast enough to run every time. Off in the dev and tidy presets, which so
# see each file with the includes that it names.

option(ROLLOUT_MCP_PRECOMPILE_HEADERS "Precompile the most expensive headers" OFF)

# precompiled_headers(<name> HEADERS <header>... [LIBRARIES <target>...]): a set that targets can use. Headers are in <>, the
# project's own, too: CMake would write the path of this checkout for others, and no other checkout could share the set.
function(precompiled_headers name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LIBRARIES")
  if(ROLLOUT_MCP_PRECOMPILE_HEADERS)
    file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${name}.cc" CONTENT "")
    add_library(${name} OBJECT "${CMAKE_CURRENT_BINARY_DIR}/${name}.cc")
    project_target(${name})
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
    target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
  endif()
endfunction()

# use_precompiled_headers(<name> <target>...)
function(use_precompiled_headers name)
  if(ROLLOUT_MCP_PRECOMPILE_HEADERS)
    foreach(target IN LISTS ARGN)
      target_precompile_headers(${target} REUSE_FROM ${name})
    endforeach()
  endif()
endfunction()
