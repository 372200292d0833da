# Finds asio without Boost, which is headers only and comes with no file for CMake or pkg-config. Sets asio_VERSION and
# makes the target `asio`.
find_path(asio_INCLUDE_DIR asio.hpp DOC "Where asio.hpp is (Debian: libasio-dev)")
mark_as_advanced(asio_INCLUDE_DIR)
if(asio_INCLUDE_DIR)
  # 102201 is 1.22.1.
  file(STRINGS "${asio_INCLUDE_DIR}/asio/version.hpp" asio_VERSION REGEX "^#define ASIO_VERSION [0-9]+")
  string(REGEX MATCH "[0-9]+" asio_VERSION "${asio_VERSION}")
  math(EXPR asio_major "${asio_VERSION} / 100000")
  math(EXPR asio_minor "${asio_VERSION} / 100 % 1000")
  math(EXPR asio_patch "${asio_VERSION} % 100")
  set(asio_VERSION "${asio_major}.${asio_minor}.${asio_patch}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(asio REQUIRED_VARS asio_INCLUDE_DIR VERSION_VAR asio_VERSION
  REASON_FAILURE_MESSAGE "Install asio's headers (Debian: libasio-dev), or set asio_INCLUDE_DIR to where asio.hpp is.")

if(asio_FOUND AND NOT TARGET asio)
  find_package(Threads REQUIRED)
  add_library(asio INTERFACE IMPORTED GLOBAL)
  target_include_directories(asio INTERFACE "${asio_INCLUDE_DIR}")
  target_compile_definitions(asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED)
  target_link_libraries(asio INTERFACE Threads::Threads)
endif()
