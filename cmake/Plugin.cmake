include(Sbom)

# plugin(<target> <program's target> <directory> [ALL])
#
# Makes the plugin as a user installs it, in <directory>/plugin: nothing in it points outside, so it can be moved. Files
# that are the same already are left alone. Of a release, the program in it carries no debug information; the one in
# <directory> keeps it, and is found to belong to it by the build ID. ALL: with every build.
function(plugin target program directory)
  set(plugin "${directory}/plugin")
  set(stamp "${directory}/plugin.stamp")
  set(bill "${directory}/rollout-mcp.spdx.json")
  sbom(${program} "${bill}")

  file(GLOB_RECURSE files CONFIGURE_DEPENDS
    "${PROJECT_SOURCE_DIR}/.claude-plugin/*" "${PROJECT_SOURCE_DIR}/monitors/*" "${PROJECT_SOURCE_DIR}/skills/*"
    "${PROJECT_SOURCE_DIR}/schemas/*")
  list(APPEND files "${PROJECT_SOURCE_DIR}/LICENSE")
  set(copies "")
  foreach(file IN LISTS files)
    file(RELATIVE_PATH relative "${PROJECT_SOURCE_DIR}" "${file}")
    get_filename_component(parent "${relative}" DIRECTORY)
    list(APPEND copies
      COMMAND "${CMAKE_COMMAND}" -E make_directory "${plugin}/${parent}"
      COMMAND "${CMAKE_COMMAND}" -E copy "${file}" "${plugin}/${relative}")
  endforeach()

  # Its manifest has the project's address, if there is one, and its README no links to documents, which are not in it.
  set(manifest "${PROJECT_BINARY_DIR}/packaging/plugin.json")
  with_addresses(plugin "${PROJECT_SOURCE_DIR}/.claude-plugin/plugin.json" "${manifest}")
  set(standalone "${PROJECT_SOURCE_DIR}/packaging/standalone_document.cmake")

  set(strip "")
  if(CMAKE_STRIP AND NOT ROLLOUT_MCP_SANITIZE AND CMAKE_BUILD_TYPE MATCHES "^Rel")
    set(strip COMMAND "${CMAKE_STRIP}" "${plugin}/bin/rollout-mcp")
  endif()

  add_custom_command(
    OUTPUT "${stamp}"
    COMMAND "${CMAKE_COMMAND}" -E rm -rf "${plugin}"
    ${copies}
    COMMAND "${CMAKE_COMMAND}" -E copy "${manifest}" "${plugin}/.claude-plugin/plugin.json"
    COMMAND "${CMAKE_COMMAND}" "-DINPUT=${PROJECT_SOURCE_DIR}/README.md" "-DOUTPUT=${plugin}/README.md"
            "-DREPOSITORY=${ROLLOUT_MCP_REPOSITORY}" -P "${standalone}"
    COMMAND "${CMAKE_COMMAND}" -E create_symlink .claude-plugin/plugin.json "${plugin}/plugin.json"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${plugin}/bin"
    COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_FILE:${program}>" "${plugin}/bin/rollout-mcp"
    ${strip}
    COMMAND "${CMAKE_COMMAND}" -E copy "${bill}" "${plugin}/rollout-mcp.spdx.json"
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
    DEPENDS ${program} "${bill}" ${files} "${manifest}" "${PROJECT_SOURCE_DIR}/README.md" "${standalone}"
    COMMENT "Assembling the plugin"
    VERBATIM)
  add_custom_target(${target} ${ARGN} DEPENDS "${stamp}")
endfunction()
