// What is wrong with a repository by itself, told from its refs and objects alone: the verdict on a
// clone that git or a remote complained about. Local files only; nothing is started.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace engine {

// What is wrong with the repository of the clone at `clone`, in words; nothing where it is sound.
//
// Looked at are HEAD and all refs, the commits that they name with all their files, and the history
// of those commits. Each has to be readable, and to be there; but of a partial clone, which may
// lack what the remote has, only what the refs name. An object of more than kMaxManifestBytes is
// not read. `go_on` is called between two objects: once it says no, what was not found does not
// count. For any thread.
std::optional<std::string> find_damage(const std::filesystem::path& clone,
                                       const std::function<bool()>& go_on);

}  // namespace engine
