# What `cmake --install` puts where, and the .deb that CPack makes of it. scripts/package makes all packages.
#
# Installed is the program for this system. With `--component portable`, the one for any Linux is put into the same
# places: scripts/package makes the archive and the bundle of that.

# Installing and packing need the program and the plugin, not the tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/packaging")
file(RELATIVE_PATH program_from_plugin "${CMAKE_INSTALL_FULL_DATADIR}/rollout-mcp/plugin/bin"
     "${CMAKE_INSTALL_FULL_BINDIR}/rollout-mcp")
file(CREATE_LINK "${program_from_plugin}" "${PROJECT_BINARY_DIR}/packaging/rollout-mcp" SYMBOLIC)
# Compressed, as Debian's policy wants it.
set(manual "${PROJECT_BINARY_DIR}/packaging/rollout-mcp.1.gz")
file(STRINGS "${PROJECT_SOURCE_DIR}/packaging/documents.txt" document_patterns REGEX "^[^#]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/packaging/documents.txt")
set(completion "${PROJECT_SOURCE_DIR}/cli/completion")

# install_with(<component> <program's target> <directory with its plugin> [<argument of each install>...])
function(install_with component program directory)
  set(options COMPONENT ${component} ${ARGN})
  # The program once, and the plugin with a link to it.
  install(TARGETS ${program} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" ${options})
  set(plugin "${CMAKE_INSTALL_DATADIR}/rollout-mcp/plugin")
  install(DIRECTORY "${directory}/plugin/" DESTINATION "${plugin}" ${options} PATTERN bin EXCLUDE
          PATTERN "monitors/live" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  install(FILES "${PROJECT_BINARY_DIR}/packaging/rollout-mcp" DESTINATION "${plugin}/bin" ${options})

  install(FILES "${directory}/plugin/rollout-mcp.spdx.json" DESTINATION "${CMAKE_INSTALL_DOCDIR}" ${options})
  install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME copyright ${options})
  foreach(pattern IN LISTS document_patterns)
    file(GLOB documents CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${pattern}")
    get_filename_component(place "${pattern}" DIRECTORY)
    install(FILES ${documents} DESTINATION "${CMAKE_INSTALL_DOCDIR}/${place}" ${options})
  endforeach()
  install(CODE "execute_process(COMMAND gzip -9nc \"${PROJECT_SOURCE_DIR}/docs/rollout-mcp.1\" OUTPUT_FILE \"${manual}\" COMMAND_ERROR_IS_FATAL ANY)"
          ${options})
  install(FILES "${manual}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" ${options})

  install(FILES "${completion}/rollout-mcp.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
          RENAME rollout-mcp ${options})
  install(FILES "${completion}/rollout-mcp.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" ${options})
  foreach(name site-functions vendor-completions) # zsh's own name for it, and Debian's
    install(FILES "${completion}/_rollout-mcp" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/${name}" ${options})
  endforeach()

  # Of the libraries that are compiled in, whose licences ask for it; as the distribution has them.
  set(libraries libasio libcli11 libexpected libfmt libspdlog libyaml-cpp nlohmann-json3)
  get_target_property(portable ${program} ROLLOUT_MCP_PORTABLE)
  if(portable)
    list(APPEND libraries libgit2 libhttp-parser libmbedtls libpcre2 libssl libyaml zlib1g)
    if("zstd" IN_LIST libcrypto_STATIC_LIBRARIES)
      list(APPEND libraries libzstd)
    endif()
  endif()
  foreach(library IN LISTS libraries)
    if(EXISTS "/usr/share/doc/${library}-dev/copyright")
      install(FILES "/usr/share/doc/${library}-dev/copyright" DESTINATION "${CMAKE_INSTALL_DOCDIR}/licences" RENAME "${library}"
              ${options})
    endif()
  endforeach()
endfunction()

install_with(program rollout-mcp "${PROJECT_BINARY_DIR}")
if(ROLLOUT_MCP_PORTABLE)
  install_with(portable rollout-mcp-portable "${PROJECT_BINARY_DIR}/portable" EXCLUDE_FROM_ALL)
else()
  install_with(portable rollout-mcp "${PROJECT_BINARY_DIR}" EXCLUDE_FROM_ALL)
endif()

set(CPACK_PACKAGE_NAME rollout-mcp)
set(CPACK_PACKAGE_VENDOR "The rollout-mcp authors")
set(CPACK_PACKAGE_DESCRIPTION
"An MCP server, a plugin for Claude with a /rollout skill, and a command line.
One call computes the image tag of a pull request, writes it into the Flux
repository of the active environment, commits and pushes.")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)

# Its libraries are those of one release of one distribution, which its version therefore names: 1.2.3-1~deb12u1.
cmake_host_system_information(RESULT distribution QUERY DISTRIB_ID)
cmake_host_system_information(RESULT distribution_version QUERY DISTRIB_VERSION_ID)
if(distribution STREQUAL "debian")
  set(CPACK_DEBIAN_PACKAGE_RELEASE "1~deb${distribution_version}u1")
elseif(distribution)
  set(CPACK_DEBIAN_PACKAGE_RELEASE "1~${distribution}${distribution_version}")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# There is no address of the project: a publisher of packages gives theirs, with -D.
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The rollout-mcp authors <rollout-mcp@invalid>" CACHE STRING
    "Who answers for the Debian package")
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "${ROLLOUT_MCP_REPOSITORY}")
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # the libraries, with the versions that the program needs
set(CPACK_DEBIAN_PACKAGE_DEPENDS git)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "gh, ca-certificates, openssh-client")
include(CPack)

# What the bundle for desktop clients and the MCP registry are told.
string(TOLOWER "${CMAKE_SYSTEM_NAME}" mcpb_platform)
configure_file("${PROJECT_SOURCE_DIR}/packaging/bundle.json.in" "${PROJECT_BINARY_DIR}/packaging/bundle.json" @ONLY)
with_addresses(bundle "${PROJECT_BINARY_DIR}/packaging/bundle.json" "${PROJECT_BINARY_DIR}/packaging/manifest.json")
with_addresses(server "${PROJECT_SOURCE_DIR}/server.json" "${PROJECT_BINARY_DIR}/packaging/server.json")
