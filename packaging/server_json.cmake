# cmake -DSERVER=server.json -DOUTPUT=FILE -DBUNDLE=FILE -DURL=ADDRESS -P server_json.cmake
# Writes what the MCP registry is told: server.json, and the bundle with its checksum, if it is known where that will be
# downloaded from.
file(READ "${SERVER}" server)
if(NOT URL STREQUAL "")
  get_filename_component(name "${BUNDLE}" NAME)
  file(SHA256 "${BUNDLE}" checksum)
  string(JSON version GET "${server}" version)
  string(JSON server SET "${server}" packages
"[{\"registryType\": \"mcpb\", \"identifier\": \"${URL}/${name}\", \"version\": \"${version}\", \"fileSha256\": \"${checksum}\",
  \"transport\": {\"type\": \"stdio\"}}]")
endif()
file(WRITE "${OUTPUT}" "${server}\n")
