#include "engine/forge/pull_refs.h"

#include <array>
#include <utility>

namespace engine {
namespace {

// More than an id of SHA-256, a tab and the longest name with a number.
constexpr std::size_t kMaxLine = 128;

struct Form {
  std::string_view before;
  std::string_view after;
};

constexpr std::array<Form, 3> kForms = {
    {{"refs/pull/", "/head"}, {"refs/merge-requests/", "/head"}, {"refs/pull-requests/", "/from"}}};

void add(PullRequestsOfCommit& found, const PrNumber& number) {
  if (!found.highest) {
    found.highest = number;
  } else if (*found.highest != number) {
    found.several = true;
    found.highest = found.highest->value() < number.value() ? number : *found.highest;
  }
}

}  // namespace

std::optional<PrNumber> number_of_pull_ref(std::string_view name) {
  for (const auto& [before, after] : kForms) {
    if (name.size() > before.size() + after.size() && name.starts_with(before) &&
        name.ends_with(after)) {
      return PrNumber::parse(
          name.substr(before.size(), name.size() - before.size() - after.size()));
    }
  }
  return std::nullopt;
}

PullRefReader::PullRefReader(CommitId head, std::optional<CommitId> upstream)
    : head_(std::move(head)), upstream_(std::move(upstream)) {}

void PullRefReader::read(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    const bool is_whole = end != std::string_view::npos;
    if (is_whole && begun_.empty() && !is_too_long_) {
      read_line(part);
    } else {
      is_too_long_ = is_too_long_ || begun_.size() + part.size() > kMaxLine;
      begun_.append(is_too_long_ ? std::string_view() : part);
      if (is_whole && !is_too_long_) {
        read_line(begun_);
      }
    }
    if (is_whole) {
      begun_.clear();
      is_too_long_ = false;
    }
    piece.remove_prefix(is_whole ? end + 1 : piece.size());
  }
}

// Most lines are about other commits, and there may be hundreds of thousands.
void PullRefReader::read_line(std::string_view line) {
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos) {
    return;
  }
  const std::string_view id = line.substr(0, tab);
  const bool is_head = id == head_.text();
  const bool is_upstream = upstream_ && id == upstream_->text();
  if (!is_head && !is_upstream && has_any_) {
    return;
  }
  const auto number = number_of_pull_ref(line.substr(tab + 1));
  if (!number) {
    return;
  }
  has_any_ = true;
  if (is_head) {
    add(of_head_, *number);
  }
  if (is_upstream) {
    add(of_upstream_, *number);
  }
}

}  // namespace engine
