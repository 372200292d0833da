# How the program gets its C++ libraries. Mapping and relocating shared libraries is most of the time to the first
# answer, and clients start a server for every session; so in release builds the C++ ones (the standard library,
# yaml-cpp, fmt) are linked in. They go together: two copies of the standard library in one program are not sound. The
# C libraries (libgit2 and what it needs) stay shared, so that the distribution's security fixes reach them.
option(ROLLOUT_MCP_STATIC_RUNTIME "Link the C++ libraries into the program" ON)

set(ROLLOUT_MCP_YAML_CPP yaml-cpp)
set(ROLLOUT_MCP_SPDLOG spdlog::spdlog)
find_library(ROLLOUT_MCP_YAML_CPP_ARCHIVE libyaml-cpp.a)
mark_as_advanced(ROLLOUT_MCP_YAML_CPP_ARCHIVE)
if(NOT ROLLOUT_MCP_STATIC_RUNTIME OR APPLE OR ROLLOUT_MCP_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Debug"
   OR NOT ROLLOUT_MCP_YAML_CPP_ARCHIVE)
  function(link_static_runtime target)
  endfunction()
  return()
endif()

add_library(yaml_cpp_archive STATIC IMPORTED)
set_target_properties(yaml_cpp_archive PROPERTIES IMPORTED_LOCATION "${ROLLOUT_MCP_YAML_CPP_ARCHIVE}")
set(ROLLOUT_MCP_YAML_CPP yaml_cpp_archive)

# Debian's spdlog and fmt have no archives, but can be used as headers.
find_package(fmt REQUIRED)
add_library(spdlog_headers INTERFACE)
target_compile_definitions(spdlog_headers INTERFACE SPDLOG_FMT_EXTERNAL)
target_link_libraries(spdlog_headers INTERFACE fmt::fmt-header-only)
set(ROLLOUT_MCP_SPDLOG spdlog_headers)

function(link_static_runtime target)
  target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc)
endfunction()
