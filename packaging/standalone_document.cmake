# cmake -DINPUT=FILE -DOUTPUT=FILE -DREPOSITORY=ADDRESS -P standalone_document.cmake
# Copies a document to a place where the files that it links to are not: a link to one becomes its text, a picture goes,
# and a last line says where the other documents are. Links to addresses and within the document stay.
cmake_minimum_required(VERSION 3.25)
file(READ "${INPUT}" text)
set(elsewhere "\\]\\(([a-z]+:|#)")
string(REGEX REPLACE "!\\[[^]]*\\]\\([^)]*\\)\n*" "" text "${text}")
# Marked, so that they are not taken for the others: CMake's expressions cannot say "not".
string(REGEX REPLACE "${elsewhere}" "]\t(\\1" text "${text}")
string(REGEX REPLACE "\\[([^]]*)\\]\\([^)]*\\)" "\\1" text "${text}")
string(REPLACE "]\t(" "](" text "${text}")
string(APPEND text "\nThe documents that this page names are installed with the packages, in `share/doc/rollout-mcp`")
if(REPOSITORY)
  string(APPEND text ", and are at ${REPOSITORY}")
else()
  string(APPEND text ", and are in the repository of the sources")
endif()
string(APPEND text ".\n")
file(WRITE "${OUTPUT}" "${text}")
