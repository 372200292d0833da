# What `cmake --install` puts where, and the packages that CPack makes of it. scripts/package makes them all.

file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/packaging/bundle/licences")

# Installing and packing need the program and the plugin, not the tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

# The program once, and the plugin with a link to it.
install(TARGETS rollout-mcp RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
set(installed_plugin "${CMAKE_INSTALL_DATADIR}/rollout-mcp/plugin")
install(DIRECTORY "${PROJECT_BINARY_DIR}/plugin/" DESTINATION "${installed_plugin}" PATTERN bin EXCLUDE)
file(RELATIVE_PATH program_from_plugin "${CMAKE_INSTALL_FULL_DATADIR}/rollout-mcp/plugin/bin"
     "${CMAKE_INSTALL_FULL_BINDIR}/rollout-mcp")
file(CREATE_LINK "${program_from_plugin}" "${PROJECT_BINARY_DIR}/packaging/rollout-mcp" SYMBOLIC)
install(FILES "${PROJECT_BINARY_DIR}/packaging/rollout-mcp" DESTINATION "${installed_plugin}/bin")

file(GLOB documents "${PROJECT_SOURCE_DIR}/docs/*.md")
install(FILES "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/CHANGELOG.md" "${PROJECT_SOURCE_DIR}/SECURITY.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME copyright)
install(FILES ${documents} DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs")
install(FILES "${PROJECT_BINARY_DIR}/plugin/rollout-mcp.spdx.json" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# Compressed, as Debian's policy wants it.
set(manual "${PROJECT_BINARY_DIR}/packaging/rollout-mcp.1.gz")
install(CODE "execute_process(COMMAND gzip -9nc \"${PROJECT_SOURCE_DIR}/docs/rollout-mcp.1\" OUTPUT_FILE \"${manual}\" COMMAND_ERROR_IS_FATAL ANY)")
install(FILES "${manual}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")

set(completion "${PROJECT_SOURCE_DIR}/tools/completion")
install(FILES "${completion}/rollout-mcp.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME rollout-mcp)
install(FILES "${completion}/rollout-mcp.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
foreach(directory site-functions vendor-completions) # zsh's own name for it, and Debian's
  install(FILES "${completion}/_rollout-mcp" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/${directory}")
endforeach()

# Of the libraries that are compiled in, whose licences ask for it; as the distribution has them.
foreach(library libcli11 libexpected libfmt libspdlog libyaml-cpp nlohmann-json3)
  if(EXISTS "/usr/share/doc/${library}-dev/copyright")
    file(COPY_FILE "/usr/share/doc/${library}-dev/copyright" "${PROJECT_BINARY_DIR}/packaging/bundle/licences/${library}")
  endif()
endforeach()
install(DIRECTORY "${PROJECT_BINARY_DIR}/packaging/bundle/licences" DESTINATION "${CMAKE_INSTALL_DOCDIR}" OPTIONAL)

set(CPACK_PACKAGE_NAME rollout-mcp)
set(CPACK_PACKAGE_VENDOR "The rollout-mcp authors")
set(CPACK_PACKAGE_DESCRIPTION
"An MCP server, a plugin for Claude with a /rollout skill, and a command line.
One call computes the image tag of a pull request, writes it into the Flux
repository of the active environment, commits and pushes.")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_SYSTEM_NAME "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# There is no address of the project: whoever publishes packages gives theirs, with -D.
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The rollout-mcp authors <rollout-mcp@invalid>" CACHE STRING
    "Who answers for the Debian package")
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # the libraries, with the versions that the program needs
set(CPACK_DEBIAN_PACKAGE_DEPENDS git)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "gh, ca-certificates, openssh-client")
include(CPack)

# What the bundle for desktop clients says of itself.
string(TOLOWER "${CMAKE_SYSTEM_NAME}" mcpb_platform)
configure_file("${PROJECT_SOURCE_DIR}/packaging/bundle.json.in" "${PROJECT_BINARY_DIR}/packaging/bundle/manifest.json" @ONLY)
