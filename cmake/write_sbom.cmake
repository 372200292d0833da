# The script behind Sbom.cmake. The same sources on the same system give the same bytes: the time is SOURCE_DATE_EPOCH, else
# that of the commit, else 1970; the document's namespace is made of its content. MAP is the linker's map, if it wrote one:
# an archive of which it took nothing is not listed.
cmake_minimum_required(VERSION 3.25)

# What `dpkg-query` knows of a file: <result>_NAME, <result>_VERSION, <result>_ARCHITECTURE; all empty where it does not.
function(debian_package file result)
  set(${result}_NAME "" PARENT_SCOPE)
  find_program(DPKG_QUERY dpkg-query)
  if(NOT DPKG_QUERY OR file STREQUAL "")
    return()
  endif()
  file(REAL_PATH "${file}" file)
  # A library may be packaged as below /lib though it is found below /usr/lib, and the other way round.
  string(REGEX REPLACE "^/usr/" "/" other "${file}")
  foreach(candidate IN ITEMS "${file}" "${other}" "/usr${file}")
    execute_process(COMMAND "${DPKG_QUERY}" -S "${candidate}" OUTPUT_VARIABLE found ERROR_QUIET RESULT_VARIABLE status)
    if(status EQUAL 0 AND found MATCHES "^([^ ,\n]+): ")
      execute_process(COMMAND "${DPKG_QUERY}" -W "-f=\${Package} \${Version} \${Architecture}" "${CMAKE_MATCH_1}"
                      OUTPUT_VARIABLE package ERROR_QUIET RESULT_VARIABLE status)
      if(status EQUAL 0 AND package MATCHES "^([^ ]+) ([^ ]+) ([^ ]+)$")
        set(${result}_NAME "${CMAKE_MATCH_1}" PARENT_SCOPE)
        set(${result}_VERSION "${CMAKE_MATCH_2}" PARENT_SCOPE)
        set(${result}_ARCHITECTURE "${CMAKE_MATCH_3}" PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()
endfunction()

set(packages "")
set(relationships "")

set(taken "")
if(MAP)
  file(STRINGS "${MAP}" taken REGEX "^/[^ ]*\\.a\\(")
  list(TRANSFORM taken REPLACE "\\(.*" "")
endif()

# Called by the list of components.
macro(component name version licence link file)
  if(NOT MAP OR NOT "${file}" MATCHES "\\.a$" OR "${file}" IN_LIST taken)
    add_component("${name}" "${version}" "${licence}" "${link}" "${file}")
  endif()
endmacro()

macro(add_component name version licence link file)
  debian_package("${file}" debian)
  set(component_version "${version}")
  set(supplier NOASSERTION)
  set(references "")
  if(debian_NAME)
    set(component_version "${debian_VERSION}")
    set(supplier "Organization: ${distribution_name}")
    string(REPLACE "+" "%2B" encoded_name "${debian_NAME}")
    string(REPLACE "+" "%2B" encoded_version "${debian_VERSION}")
    string(REPLACE ":" "%3A" encoded_version "${encoded_version}")
    set(references ",
      \"externalRefs\": [
        {
          \"referenceCategory\": \"PACKAGE-MANAGER\",
          \"referenceType\": \"purl\",
          \"referenceLocator\": \"pkg:deb/${distribution}/${encoded_name}@${encoded_version}?arch=${debian_ARCHITECTURE}\"
        }
      ]")
  endif()
  set(version_field "")
  if(NOT component_version STREQUAL "")
    set(version_field "
      \"versionInfo\": \"${component_version}\",")
  endif()
  string(REGEX REPLACE "[^A-Za-z0-9.-]" "-" id "SPDXRef-Package-${name}")
  string(APPEND packages ",
    {
      \"SPDXID\": \"${id}\",
      \"name\": \"${name}\",${version_field}
      \"supplier\": \"${supplier}\",
      \"downloadLocation\": \"NOASSERTION\",
      \"filesAnalyzed\": false,
      \"licenseConcluded\": \"${licence}\",
      \"licenseDeclared\": \"${licence}\",
      \"copyrightText\": \"NOASSERTION\",
      \"primaryPackagePurpose\": \"LIBRARY\"${references}
    }")
  string(APPEND relationships ",
    {
      \"spdxElementId\": \"SPDXRef-Package-rollout-mcp\",
      \"relationshipType\": \"${link}_LINK\",
      \"relatedSpdxElement\": \"${id}\"
    }")
endmacro()

cmake_host_system_information(RESULT distribution QUERY DISTRIB_ID)
cmake_host_system_information(RESULT distribution_name QUERY DISTRIB_NAME)
if(NOT distribution)
  set(distribution debian)
endif()
if(NOT distribution_name)
  set(distribution_name Debian)
endif()
include("${COMPONENTS}")

if("$ENV{SOURCE_DATE_EPOCH}" STREQUAL "")
  execute_process(COMMAND git -C "${SOURCE}" log -1 --format=%ct HEAD OUTPUT_VARIABLE time OUTPUT_STRIP_TRAILING_WHITESPACE
                  ERROR_QUIET RESULT_VARIABLE status)
  if(NOT status EQUAL 0 OR NOT time MATCHES "^[0-9]+$")
    set(time 0)
  endif()
  set(ENV{SOURCE_DATE_EPOCH} "${time}")
endif()
string(TIMESTAMP created "%Y-%m-%dT%H:%M:%SZ" UTC)

file(STRINGS "${SOURCE}/LICENSE" copyright REGEX "^Copyright " LIMIT_COUNT 1)
string(UUID uuid NAMESPACE "6ba7b811-9dad-11d1-80b4-00c04fd430c8" NAME "${VERSION} ${created}${packages}${relationships}" TYPE SHA1)
file(WRITE "${OUTPUT}" "{
  \"spdxVersion\": \"SPDX-2.3\",
  \"dataLicense\": \"CC0-1.0\",
  \"SPDXID\": \"SPDXRef-DOCUMENT\",
  \"name\": \"rollout-mcp-${VERSION}\",
  \"documentNamespace\": \"https://spdx.org/spdxdocs/rollout-mcp-${VERSION}-${uuid}\",
  \"creationInfo\": {
    \"created\": \"${created}\",
    \"creators\": [\"Organization: The rollout-mcp authors\", \"Tool: CMake-${CMAKE_VERSION}\"]
  },
  \"packages\": [
    {
      \"SPDXID\": \"SPDXRef-Package-rollout-mcp\",
      \"name\": \"rollout-mcp\",
      \"versionInfo\": \"${VERSION}\",
      \"supplier\": \"Organization: The rollout-mcp authors\",
      \"downloadLocation\": \"NOASSERTION\",
      \"filesAnalyzed\": false,
      \"licenseConcluded\": \"MIT\",
      \"licenseDeclared\": \"MIT\",
      \"copyrightText\": \"${copyright}\",
      \"primaryPackagePurpose\": \"APPLICATION\"
    }${packages}
  ],
  \"relationships\": [
    {
      \"spdxElementId\": \"SPDXRef-DOCUMENT\",
      \"relationshipType\": \"DESCRIBES\",
      \"relatedSpdxElement\": \"SPDXRef-Package-rollout-mcp\"
    }${relationships}
  ]
}
")
