# Where the project is published, if it is: one variable, which fills the fields for it in plugin.json, the bundle's
# manifest.json, server.json and the Debian package. Empty, which is the default, leaves all of them as they are.
#   cmake --preset release -D ROLLOUT_MCP_REPOSITORY=https://...
#
# As a script, which a test runs: cmake -DROLLOUT_MCP_REPOSITORY=URL -DKIND=KIND -DINPUT=FILE -DOUTPUT=FILE -P Addresses.cmake
cmake_minimum_required(VERSION 3.25)
set(ROLLOUT_MCP_REPOSITORY "" CACHE STRING "The web address of the project's repository, for the fields homepage and repository")

if(ROLLOUT_MCP_REPOSITORY AND NOT ROLLOUT_MCP_REPOSITORY MATCHES "^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$")
  message(FATAL_ERROR "ROLLOUT_MCP_REPOSITORY: given ${ROLLOUT_MCP_REPOSITORY}, expected an https address")
endif()

# with_addresses(plugin|bundle|server <input> <output>)
#
# Writes the JSON object of <input> with the fields that its kind has for the address.
function(with_addresses kind input output)
  file(READ "${input}" text)
  if(ROLLOUT_MCP_REPOSITORY)
    set(url "\"${ROLLOUT_MCP_REPOSITORY}\"")
    if(kind STREQUAL "plugin")
      string(JSON text SET "${text}" homepage "${url}")
      string(JSON text SET "${text}" repository "${url}")
    elseif(kind STREQUAL "bundle")
      string(JSON text SET "${text}" homepage "${url}")
      string(JSON text SET "${text}" repository "{\"type\": \"git\", \"url\": ${url}}")
    elseif(kind STREQUAL "server")
      string(JSON text SET "${text}" websiteUrl "${url}")
      # The MCP registry knows repositories of these hosts only.
      if(ROLLOUT_MCP_REPOSITORY MATCHES "^https://(github|gitlab)\\.com/")
        string(JSON text SET "${text}" repository "{\"url\": ${url}, \"source\": \"${CMAKE_MATCH_1}\"}")
      endif()
    else()
      message(FATAL_ERROR "with_addresses: there is no kind ${kind}")
    endif()
    string(APPEND text "\n")
  endif()
  file(CONFIGURE OUTPUT "${output}" CONTENT "@text@" @ONLY) # leaves a file alone that is the same
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  with_addresses("${KIND}" "${INPUT}" "${OUTPUT}")
endif()
