# cmake -DMARKETPLACE=marketplace.json -DOUTPUT=FILE -DARCHIVE=FILE -DURL=ADDRESS -P marketplace.cmake
# Writes the catalog of a marketplace whose plugin is an archive, with the program, that will be downloaded from below
# that address; the checksum says which.
file(READ "${MARKETPLACE}" marketplace)
get_filename_component(name "${ARCHIVE}" NAME)
file(SHA256 "${ARCHIVE}" checksum)
string(JSON marketplace SET "${marketplace}" plugins 0 source
"{\"source\": \"archive\", \"url\": \"${URL}/${name}\", \"sha256\": \"${checksum}\"}")
file(WRITE "${OUTPUT}" "${marketplace}\n")
