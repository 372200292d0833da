// Adds an rwenv to envs.json (specification, section 3). The file may be edited by people and
// written by other programs: every byte of it that is not the new entry stays.
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/new_rwenv.h"
#include "engine/config/rwenv.h"

namespace engine {

struct WrittenRwenv {
  Rwenv rwenv;
  std::filesystem::path file;
  bool created = false;  // there was no such file before
};

// Writes it as the last entry, so that a reader sees the old file or the new one, under a lock that
// other calls of this function wait for, so that two calls at once lose no entry. A new file has
// mode 0600; where it is a symbolic link, what it leads to is written. `bad_argument` as
// check_new_rwenv(); `rwenv_exists`; `bad_config` for a file that cannot be read as one; `locked`,
// `cancelled`, `disk_full`, `internal`. Then nothing has changed.
Result<WrittenRwenv> write_rwenv(const Host& host, const std::filesystem::path& config_directory,
                                 const NewRwenv& rwenv, const CallContext& call);

// `text`, the content of `file`, with the entry; "" for a file that is not there. Refusals as
// above.
Result<std::string> text_with_rwenv(const std::string& text, const std::filesystem::path& file,
                                    const NewRwenv& rwenv);

}  // namespace engine
