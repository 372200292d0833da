# embed_files(<target> <symbol> <header> FILES <file>...)
#
# Makes the files part of the program: generates a source with their bytes and adds it to <target>.
# <header> (checked in, beside its users) declares
#     std::string_view <symbol>(std::string_view file_name);
# in namespace embedded; an unknown name gives an empty view. Bytes are written as hex, so that quotes, semicolons
# and brackets survive. A change of a file rebuilds the source.
function(embed_files target symbol header)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "FILES")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cc")
  list(JOIN arg_FILES "|" files)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${output}" "-DSYMBOL=${symbol}" "-DHEADER=${header}"
            "-DFILES=${files}" -P "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS ${arg_FILES} "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    COMMENT "Embedding ${symbol}"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
