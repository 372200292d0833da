# What a program is made of, as a software bill of materials (SPDX 2.3, JSON): made with every build of the program and put
# into the plugin and the packages. It lists the libraries that are compiled or linked in, and those that the program
# loads. Versions are those that were found, by the system's package where it has packages. docs/dependencies.md has the
# same list, and a test compares them.

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

# sbom(<target of a program> <output>)
function(sbom program output)
  set(sbom_components "")
  sbom_component(nlohmann-json "${nlohmann_json_VERSION}" MIT STATIC HEADER nlohmann/json.hpp)
  sbom_component(tl-expected "${tl-expected_VERSION}" CC0-1.0 STATIC HEADER tl/expected.hpp)
  sbom_component(asio "${asio_VERSION}" BSL-1.0 STATIC HEADER asio.hpp)
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
  # The C libraries: see PortableProgram.cmake.
  set(link DYNAMIC)
  set(lib "")
  set(end "")
  set(map "")
  get_target_property(portable ${program} ROLLOUT_MCP_PORTABLE)
  if(portable)
    set(link STATIC)
    set(lib lib)
    set(end .a)
  endif()
  sbom_component(libgit2 "${libgit2_VERSION}" "GPL-2.0-only WITH GCC-exception-2.0" ${link} LIBRARY ${lib}git2${end})
  sbom_component(libyaml "${libyaml_VERSION}" MIT ${link} LIBRARY ${lib}yaml${end})
  sbom_component(pcre2 "${pcre2_VERSION}" BSD-3-Clause ${link} LIBRARY ${lib}pcre2-8${end})
  sbom_component(openssl "${OPENSSL_VERSION}" Apache-2.0 ${link} LIBRARY ${lib}crypto${end})
  if(portable) # what libgit2 and openssl need themselves
    sbom_component(zlib "" Zlib STATIC LIBRARY libz.a)
    if("zstd" IN_LIST libcrypto_STATIC_LIBRARIES) # Debian 13's
      sbom_component(zstd "" BSD-3-Clause STATIC LIBRARY libzstd.a)
    endif()
    sbom_component(mbedtls "" Apache-2.0 STATIC LIBRARY libmbedcrypto.a)
    sbom_component(http-parser "" MIT STATIC LIBRARY libhttp_parser.a) # of libgit2 1.5, not of 1.9
    set(map "-DMAP=$<TARGET_FILE:${program}>.map")
  endif()

  set(list "${output}.components.cmake")
  file(CONFIGURE OUTPUT "${list}" CONTENT "${sbom_components}" @ONLY)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DCOMPONENTS=${list}" "-DOUTPUT=${output}" "-DVERSION=${PROJECT_VERSION}" ${map}
            "-DSOURCE=${PROJECT_SOURCE_DIR}" -P "${PROJECT_SOURCE_DIR}/cmake/write_sbom.cmake"
    DEPENDS ${program} "${PROJECT_SOURCE_DIR}/cmake/write_sbom.cmake" "${list}"
    COMMENT "Writing what the program is made of"
    VERBATIM)
endfunction()
