# Two programs are linked of the same objects. rollout-mcp is for the system that it is built on, as a .deb is: its C
# libraries are the shared ones of the distribution, whose security fixes reach them. rollout-mcp-portable is for any
# Linux whose glibc is not older than that of the build: it contains every library but glibc. What is linked is decided by
# the property ROLLOUT_MCP_PORTABLE of an executable.
option(ROLLOUT_MCP_PORTABLE "Make it possible to build a program that contains every library but glibc" ON)
if(NOT TARGET yaml_cpp_archive) # see StaticRuntime.cmake
  set(ROLLOUT_MCP_PORTABLE OFF)
endif()

# c_library(<target> SHARED <target of the shared library> ARCHIVES <name>...)
# The names are those that pkg-config has for a static link. What of them is needed is found by the linker.
function(c_library target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SHARED" "ARCHIVES")
  set(archives "")
  foreach(name IN LISTS arg_ARCHIVES)
    if(name MATCHES "^(c|dl|m|pthread|rt)$") # glibc's
      continue()
    endif()
    find_library(archive "lib${name}.a" NO_CACHE)
    if(archive)
      list(APPEND archives "${archive}")
    elseif(ROLLOUT_MCP_PORTABLE)
      message(STATUS "No portable program: lib${name}.a is not installed")
      set(ROLLOUT_MCP_PORTABLE OFF PARENT_SCOPE)
    endif()
    unset(archive)
  endforeach()
  set(portable "$<BOOL:$<TARGET_PROPERTY:ROLLOUT_MCP_PORTABLE>>")
  add_library(${target} INTERFACE)
  target_link_libraries(${target} INTERFACE "$<$<NOT:${portable}>:${arg_SHARED}>" "$<${portable}:${archives}>")
endfunction()

pkg_check_modules(libcrypto QUIET libcrypto)
c_library(c_libgit2 SHARED PkgConfig::libgit2 ARCHIVES ${libgit2_STATIC_LIBRARIES})
c_library(c_libyaml SHARED PkgConfig::libyaml ARCHIVES ${libyaml_STATIC_LIBRARIES})
c_library(c_pcre2 SHARED PkgConfig::pcre2 ARCHIVES ${pcre2_STATIC_LIBRARIES})
c_library(c_libcrypto SHARED OpenSSL::Crypto ARCHIVES crypto ${libcrypto_STATIC_LIBRARIES})

function(link_portably target)
  set_target_properties(${target} PROPERTIES ROLLOUT_MCP_PORTABLE ON)
  target_link_libraries(${target} PRIVATE git_offline)
  # What the archives have and nobody calls is left out; the map says which of their members are in.
  target_link_options(${target} PRIVATE -Wl,--gc-sections "-Wl,-Map=$<TARGET_FILE:${target}>.map")
endfunction()
