// The files of a project's work tree, each compared with what git's index says about it. Belongs to
// one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "engine/base/unique_fd.h"
#include "engine/checkout/index.h"

namespace engine {

class WorkTreeFiles {
 public:
  // `directory`: the open root of the work tree. `index_written`: files that are not older may have
  // changed unseen.
  WorkTreeFiles(int directory, const FileTime& index_written)
      : root_(directory), index_written_(index_written) {}

  enum class State { same, different, unknown };

  // A file or symbolic link. Entries in the index's order cost least: directories are kept open.
  State compare(const IndexEntry& entry);

 private:
  struct Directory {
    std::string name;
    UniqueFd opened;
  };

  State enter(std::string_view directories);
  State compare_file(const IndexEntry& entry, const std::string& name, const struct stat& status);
  bool looks_the_same(const IndexEntry& entry, const struct stat& status) const;
  State compare_bytes(const IndexEntry& entry, const std::string& name,
                      const struct stat& status) const;
  int current() const { return path_.empty() ? root_ : path_.back().opened.get(); }

  int root_;
  FileTime index_written_;
  std::vector<Directory> path_;  // from the root to where the last entry was
};

// When a file was last modified, and last changed in any way, as far as an index can say it.
FileTime modified(const struct stat& status);
FileTime changed(const struct stat& status);

}  // namespace engine
