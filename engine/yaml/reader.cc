#include "engine/yaml/reader.h"

#include <algorithm>
#include <set>

namespace engine {
namespace {

constexpr std::string_view kMergeKey = "<<";

}  // namespace

Result<YamlReader> YamlReader::parse(std::string_view bytes, const std::stop_token& stop) {
  auto yaml = read(bytes, stop);
  if (yaml) {
    return std::move(*yaml);
  }
  const YamlError& fault = yaml.error();
  return fail(fault.code, fault.code == Code::cancelled
                              ? fault.what
                              : "line " + std::to_string(fault.line) + ": " + fault.what);
}

std::string_view YamlReader::written(Index index) const {
  const YamlNode& node = nodes_[index];
  return std::string_view(texts_).substr(node.text_begin, node.text_size);
}

std::vector<YamlIndex> YamlReader::children(Index index) const {
  std::vector<Index> found;
  for (Index child = index + 1; child < nodes_[index].end; child = nodes_[child].end) {
    found.push_back(child);
  }
  return found;
}

std::vector<YamlIndex> YamlReader::keys(Index mapping, std::string_view key) const {
  std::vector<Index> found;
  if (kind(mapping) != Kind::mapping) {
    return found;
  }
  for (Index at = mapping + 1; at < nodes_[mapping].end; at = nodes_[value_of(at)].end) {
    if (text(at) == key) {
      found.push_back(at);
    }
  }
  return found;
}

std::optional<YamlIndex> YamlReader::find_direct(Index mapping, std::string_view key) const {
  const std::vector<Index> found = keys(mapping, key);
  return found.empty() ? std::nullopt : std::optional(value_of(found.front()));
}

// Looks at what merge keys lead to in the order in which it counts, at each mapping once.
std::optional<YamlIndex> YamlReader::find_merged(Index mapping, std::string_view key) const {
  std::set<Index> seen = {mapping};
  std::vector<Index> sources = {mapping};  // a stack: the one to look at next is the last
  while (!sources.empty()) {
    const Index source = sources.back();
    sources.pop_back();
    const auto found = source == mapping ? std::nullopt : find_direct(source, key);
    if (found) {
      return found;
    }
    std::vector<Index> merged;
    for (const Index merge : keys(source, kMergeKey)) {
      const Index value = resolved(value_of(merge));
      if (kind(value) == Kind::sequence) {
        std::ranges::copy(children(value), std::back_inserter(merged));
      } else {
        merged.push_back(value);
      }
    }
    for (auto next = merged.rbegin(); next != merged.rend(); ++next) {
      const Index target = resolved(*next);
      if (kind(target) == Kind::mapping && seen.insert(target).second) {
        sources.push_back(target);
      }
    }
  }
  return std::nullopt;
}

std::optional<YamlIndex> YamlReader::find(std::optional<Index> node, std::string_view key) const {
  if (!node || kind(resolved(*node)) != Kind::mapping) {
    return std::nullopt;
  }
  const Index mapping = resolved(*node);
  bool merges = false;
  for (Index at = mapping + 1; at < nodes_[mapping].end; at = nodes_[value_of(at)].end) {
    const auto name = text(at);
    if (name == key) {
      return value_of(at);
    }
    merges = merges || name == kMergeKey;
  }
  return merges ? find_merged(mapping, key) : std::nullopt;
}

std::optional<YamlIndex> YamlReader::find(Index node,
                                          std::initializer_list<std::string_view> keys) const {
  std::optional<Index> found = node;
  for (const std::string_view key : keys) {
    found = find(found, key);
  }
  return found;
}

std::optional<std::string_view> YamlReader::text(std::optional<Index> node) const {
  if (!node || kind(resolved(*node)) != Kind::scalar) {
    return std::nullopt;
  }
  return written(resolved(*node));
}

std::vector<YamlIndex> YamlReader::items(std::optional<Index> node) const {
  const bool is_sequence = node && kind(resolved(*node)) == Kind::sequence;
  return is_sequence ? children(resolved(*node)) : std::vector<Index>();
}

std::vector<std::pair<std::string_view, YamlIndex>> YamlReader::entries(
    std::optional<Index> node) const {
  std::vector<std::pair<std::string_view, Index>> found;
  if (node && kind(resolved(*node)) == Kind::mapping) {
    const Index mapping = resolved(*node);
    for (Index at = mapping + 1; at < nodes_[mapping].end; at = nodes_[value_of(at)].end) {
      if (const auto name = text(at)) {
        found.emplace_back(*name, value_of(at));
      }
    }
  }
  return found;
}

}  // namespace engine
