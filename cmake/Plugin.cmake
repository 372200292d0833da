# The plugin as a user installs it, in <build>/plugin: nothing in it points outside, so it can be moved. Made with every
# build; files that are the same already are left alone. Of a release, the program in it carries no debug information;
# <build>/rollout-mcp keeps it, and is found to belong to it by the build ID.
set(plugin_directory "${PROJECT_BINARY_DIR}/plugin")
set(plugin_stamp "${PROJECT_BINARY_DIR}/plugin.stamp")

file(GLOB_RECURSE plugin_files CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/.claude-plugin/*" "${PROJECT_SOURCE_DIR}/skills/*" "${PROJECT_SOURCE_DIR}/schemas/*")
list(APPEND plugin_files "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/LICENSE")

set(copies "")
foreach(file IN LISTS plugin_files)
  file(RELATIVE_PATH relative "${PROJECT_SOURCE_DIR}" "${file}")
  get_filename_component(directory "${relative}" DIRECTORY)
  list(APPEND copies
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${plugin_directory}/${directory}"
    COMMAND "${CMAKE_COMMAND}" -E copy "${file}" "${plugin_directory}/${relative}")
endforeach()

include(Sbom)

set(strip "")
if(CMAKE_STRIP AND NOT ROLLOUT_MCP_SANITIZE AND CMAKE_BUILD_TYPE MATCHES "^Rel")
  set(strip COMMAND "${CMAKE_STRIP}" "${plugin_directory}/bin/rollout-mcp")
endif()

add_custom_command(
  OUTPUT "${plugin_stamp}"
  COMMAND "${CMAKE_COMMAND}" -E rm -rf "${plugin_directory}"
  ${copies}
  COMMAND "${CMAKE_COMMAND}" -E create_symlink .claude-plugin/plugin.json "${plugin_directory}/plugin.json"
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${plugin_directory}/bin"
  COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_FILE:rollout-mcp>" "${plugin_directory}/bin/rollout-mcp"
  ${strip}
  COMMAND "${CMAKE_COMMAND}" -E copy "${ROLLOUT_MCP_SBOM}" "${plugin_directory}/rollout-mcp.spdx.json"
  COMMAND "${CMAKE_COMMAND}" -E touch "${plugin_stamp}"
  DEPENDS rollout-mcp "${ROLLOUT_MCP_SBOM}" ${plugin_files}
  COMMENT "Assembling the plugin"
  VERBATIM)
add_custom_target(plugin ALL DEPENDS "${plugin_stamp}")
