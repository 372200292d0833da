#include "engine/checkout/index.h"

#include <algorithm>
#include <charconv>

namespace engine {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kIdSize = 20;
constexpr std::size_t kFixed = 62;  // of an entry, up to its name
constexpr std::uint32_t kFlagAssumeValid = 0x8000;
constexpr std::uint32_t kFlagExtended = 0x4000;
constexpr std::uint32_t kFlagStage = 0x3000;
constexpr std::uint32_t kFlagSkipWorktree = 0x4000;  // of the extended ones

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

git_oid id_at(std::string_view bytes, std::size_t at) {
  git_oid id;
  git_oid_fromraw(&id, reinterpret_cast<const unsigned char*>(bytes.data() + at));
  return id;
}

// The first entry of the "TREE" extension, which is the root's: an empty path, how many entries of
// the index it covers (-1: it is not as in the index), how many trees are below, and the id.
std::optional<git_oid> cached_root(std::string_view extension) {
  if (!extension.starts_with('\0')) {
    return std::nullopt;
  }
  const auto newline = extension.find('\n');
  if (newline == std::string_view::npos || extension.size() < newline + 1 + kIdSize ||
      extension[1] == '-') {
    return std::nullopt;
  }
  return id_at(extension, newline + 1);
}

}  // namespace

IndexReader::IndexReader(std::string_view bytes, std::uint32_t version, std::uint32_t count)
    : bytes_(bytes), version_(version), left_(count) {}

std::optional<IndexReader> IndexReader::open(std::string_view bytes) {
  if (bytes.size() < kHeader + kIdSize || !bytes.starts_with("DIRC")) {
    return std::nullopt;
  }
  const std::uint32_t version = number(bytes, 4);
  if (version < 2 || version > 4) {
    return std::nullopt;
  }
  bytes.remove_suffix(kIdSize);
  // Once to its end, for what follows the entries.
  IndexReader ahead(bytes, version, number(bytes, 8));
  ahead.at_ = kHeader;
  IndexEntry entry;
  while (ahead.next(entry)) {
  }
  if (!ahead.complete() || !ahead.read_extensions()) {
    return std::nullopt;
  }
  IndexReader reader(bytes, version, number(bytes, 8));
  reader.at_ = kHeader;
  reader.tree_ = ahead.tree_;
  return reader;
}

bool IndexReader::next(IndexEntry& entry) {
  if (left_ == 0 || bytes_.size() - at_ < kFixed) {
    return false;
  }
  entry_begin_ = at_;
  entry.changed = {number(bytes_, at_), number(bytes_, at_ + 4)};
  entry.modified = {number(bytes_, at_ + 8), number(bytes_, at_ + 12)};
  entry.mode = number(bytes_, at_ + 24);
  entry.size = number(bytes_, at_ + 36);
  entry.id = id_at(bytes_, at_ + 40);
  const std::uint32_t flags = number(bytes_, at_ + 60, 2);
  entry.conflict = (flags & kFlagStage) != 0;
  entry.not_looked_at = (flags & kFlagAssumeValid) != 0;
  at_ += kFixed;
  if ((flags & kFlagExtended) != 0) {
    if (version_ < 3 || bytes_.size() - at_ < 2) {
      return false;
    }
    entry.not_looked_at |= (number(bytes_, at_, 2) & kFlagSkipWorktree) != 0;
    at_ += 2;
  }
  if (!read_name(entry)) {
    return false;
  }
  --left_;
  return true;
}

// Up to version 3 a whole name, filled up with zeroes to a multiple of eight; in version 4 how many
// bytes of the one before are dropped, then what follows.
bool IndexReader::read_name(IndexEntry& entry) {
  std::size_t dropped = entry.path.size();
  if (version_ == 4) {
    std::uint64_t value = 0;
    for (bool more = true, first = true; more; first = false) {
      if (at_ >= bytes_.size() || value > entry.path.size()) {
        return false;
      }
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value = (first ? 0 : (value + 1) << 7U) | (byte & 0x7FU);
      more = (byte & 0x80U) != 0;
    }
    dropped = static_cast<std::size_t>(value);
    if (dropped > entry.path.size()) {
      return false;
    }
  }
  const auto end = bytes_.find('\0', at_);
  if (end == std::string_view::npos) {
    return false;
  }
  entry.path.resize(entry.path.size() - dropped);
  entry.path.append(bytes_.substr(at_, end - at_));
  const std::size_t used = end - entry_begin_;
  at_ = version_ == 4 ? end + 1 : entry_begin_ + (used / 8 + 1) * 8;
  return at_ <= bytes_.size();
}

// False if one must be understood and is not.
bool IndexReader::read_extensions() {
  while (bytes_.size() - at_ >= 8) {
    const std::string_view name = bytes_.substr(at_, 4);
    const std::size_t size = number(bytes_, at_ + 4);
    at_ += 8;
    if (size > bytes_.size() - at_) {
      return false;
    }
    if (name == "TREE") {
      tree_ = cached_root(bytes_.substr(at_, size));
    } else if (name[0] < 'A' || name[0] > 'Z') {
      if (name != "sdir") {
        return false;
      }
    }
    at_ += size;
  }
  return at_ == bytes_.size();
}

}  // namespace engine
