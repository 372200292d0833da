# What the program is made of, as a software bill of materials (SPDX 2.3, JSON): <build>/rollout-mcp.spdx.json, made with
# every build of the program and put into the plugin and the packages. It lists the libraries that are compiled or linked
# in, and those that the program loads. Versions are those that were found, by the system's package where it has
# packages. docs/dependencies.md has the same list, and a test compares them.
set(ROLLOUT_MCP_SBOM "${PROJECT_BINARY_DIR}/rollout-mcp.spdx.json")
set(sbom_components "")

# sbom_component(<name> <version> <licence> STATIC|DYNAMIC HEADER <name>|LIBRARY <name>...|FILE <path>)
# LICENCE is an SPDX expression. The last argument says by which file the component is recognised.
function(sbom_component name version licence link by)
  unset(file)
  if(by STREQUAL HEADER)
    find_file(file ${ARGN} NO_CACHE)
  elseif(by STREQUAL LIBRARY)
    find_library(file NAMES ${ARGN} NO_CACHE)
  else()
    set(file "${ARGN}")
  endif()
  if(NOT IS_ABSOLUTE "${file}" OR NOT EXISTS "${file}")
    set(file "")
  endif()
  string(APPEND sbom_components "component([==[${name}]==] [==[${version}]==] [==[${licence}]==] ${link} [==[${file}]==])\n")
  set(sbom_components "${sbom_components}" PARENT_SCOPE)
endfunction()

# Of this compiler's own libraries.
function(sbom_compiler_file name result)
  execute_process(COMMAND "${CMAKE_CXX_COMPILER}" -print-file-name=${name} OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(${result} "${path}" PARENT_SCOPE)
endfunction()

sbom_component(nlohmann-json "${nlohmann_json_VERSION}" MIT STATIC HEADER nlohmann/json.hpp)
sbom_component(tl-expected "${tl-expected_VERSION}" CC0-1.0 STATIC HEADER tl/expected.hpp)
sbom_component(CLI11 "${CLI11_VERSION}" BSD-3-Clause STATIC HEADER CLI/CLI.hpp)
if(TARGET yaml_cpp_archive) # see StaticRuntime.cmake
  sbom_component(yaml-cpp "${yaml-cpp_VERSION}" MIT STATIC FILE "${ROLLOUT_MCP_YAML_CPP_ARCHIVE}")
  sbom_component(spdlog "${spdlog_VERSION}" MIT STATIC HEADER spdlog/spdlog.h)
  sbom_component(fmt "${fmt_VERSION}" MIT STATIC HEADER fmt/format.h)
else()
  sbom_component(yaml-cpp "${yaml-cpp_VERSION}" MIT DYNAMIC LIBRARY yaml-cpp)
  sbom_component(spdlog "${spdlog_VERSION}" MIT DYNAMIC LIBRARY spdlog)
  sbom_component(fmt "${fmt_VERSION}" MIT DYNAMIC LIBRARY fmt)
endif()
if(NOT APPLE) # there, both are part of the system
  if(TARGET yaml_cpp_archive)
    sbom_compiler_file(libstdc++.a compilers_own)
    set(link STATIC)
  else()
    sbom_compiler_file(libstdc++.so.6 compilers_own)
    set(link DYNAMIC)
  endif()
  set(version "")
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    set(version "${CMAKE_CXX_COMPILER_VERSION}")
  endif()
  sbom_component(libstdc++ "${version}" "GPL-3.0-or-later WITH GCC-exception-3.1" ${link} FILE "${compilers_own}")
  sbom_compiler_file(libc.so.6 compilers_own)
  sbom_component(glibc "" LGPL-2.1-or-later DYNAMIC FILE "${compilers_own}")
endif()
sbom_component(libgit2 "${libgit2_VERSION}" "GPL-2.0-only WITH GCC-exception-2.0" DYNAMIC LIBRARY git2)
sbom_component(libyaml "${libyaml_VERSION}" MIT DYNAMIC LIBRARY yaml)
sbom_component(pcre2 "${pcre2_VERSION}" BSD-3-Clause DYNAMIC LIBRARY pcre2-8)
sbom_component(openssl "${OPENSSL_VERSION}" Apache-2.0 DYNAMIC FILE "${OPENSSL_CRYPTO_LIBRARY}")

file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/packaging/sbom_components.cmake" CONTENT "${sbom_components}" @ONLY)
add_custom_command(
  OUTPUT "${ROLLOUT_MCP_SBOM}"
  COMMAND "${CMAKE_COMMAND}" "-DCOMPONENTS=${PROJECT_BINARY_DIR}/packaging/sbom_components.cmake" "-DOUTPUT=${ROLLOUT_MCP_SBOM}"
          "-DVERSION=${PROJECT_VERSION}" "-DSOURCE=${PROJECT_SOURCE_DIR}" -P "${PROJECT_SOURCE_DIR}/cmake/write_sbom.cmake"
  DEPENDS rollout-mcp "${PROJECT_SOURCE_DIR}/cmake/write_sbom.cmake" "${PROJECT_BINARY_DIR}/packaging/sbom_components.cmake"
  COMMENT "Writing what the program is made of"
  VERBATIM)
