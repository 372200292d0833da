#include "engine/effect/head_files.h"

#include <utility>

namespace engine {
namespace {

// More than the wiring of any image group needs; reading a file of that size takes some
// milliseconds.
constexpr std::size_t kMaxFiles = 100;
constexpr std::size_t kMaxFileBytes = std::size_t{256} << 10U;
constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;

}  // namespace

HeadFiles::File& HeadFiles::file(const std::string& path) {
  const auto [found, is_new] = files_.try_emplace(path);
  File& file = found->second;
  if (!is_new || files_.size() > kMaxFiles) {
    return file;
  }
  auto bytes = read_(path);
  if (bytes && bytes->size() <= kMaxFileBytes && bytes_ + bytes->size() <= kMaxBytes) {
    bytes_ += bytes->size();
    file.bytes = std::move(*bytes);
  }
  return file;
}

const std::string* HeadFiles::bytes(const std::string& path) {
  const File& found = file(path);
  return found.bytes ? &*found.bytes : nullptr;
}

const DirectoryEntries* HeadFiles::directory(const std::string& path) {
  const auto [found, is_new] = directories_.try_emplace(path);
  if (is_new) {
    found->second = list_(path);
  }
  return found->second ? &*found->second : nullptr;
}

const YamlSourceMap* HeadFiles::yaml(const std::string& path) {
  File& found = file(path);
  if (!found.parsed && found.bytes) {
    found.parsed = true;
    auto parsed = YamlSourceMap::parse(path, *found.bytes, stop_);
    if (parsed && !parsed->is_explosive()) {
      found.yaml = std::make_unique<YamlSourceMap>(std::move(*parsed));
    }
  }
  return found.yaml.get();
}

}  // namespace engine
