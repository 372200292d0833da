#include "engine/forge/request_address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "engine/text/ascii.h"

namespace engine {
namespace {

std::optional<std::int64_t> positive_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end && number > 0 ? std::optional(number) : std::nullopt;
}

// The first web address in the line; empty for none.
std::string_view url_in(std::string_view line) {
  const auto begin = std::min(line.find("https://"), line.find("http://"));
  if (begin == std::string_view::npos) {
    return {};
  }
  std::string_view url = line.substr(begin);
  url = url.substr(0, url.find_first_of(" \t\"'<>"));
  return url.substr(0, url.find_last_not_of(".,;)") + 1);
}

// ".../pull/new/x", ".../merge_requests/new?...", ".../compare/main...x"
bool is_create_page(std::string_view url) {
  constexpr std::array<std::string_view, 3> kNewRequestPaths = {"/pull/new/", "/merge_requests/new",
                                                                "/compare/"};
  return std::ranges::any_of(kNewRequestPaths, [&](std::string_view path) {
    return url.find(path) != std::string_view::npos;
  });
}

// "View merge request for x:", which an address follows.
bool announces_address(std::string_view line) {
  const std::string text = in_lower_case(line);
  return text.ends_with(':') && text.find("request") != std::string::npos;
}

}  // namespace

std::optional<std::int64_t> request_number(std::string_view url) {
  constexpr std::array<std::string_view, 4> kKinds = {"/pull/", "/pulls/", "/merge_requests/",
                                                      "/pull-requests/"};
  url = url.substr(0, url.find_first_of("?#"));
  url = url.substr(0, url.find_last_not_of('/') + 1);
  for (const std::string_view kind : kKinds) {
    const auto at = url.rfind(kind);
    if (at != std::string_view::npos) {
      if (const auto number = positive_number(url.substr(at + kind.size()))) {
        return number;
      }
    }
  }
  return std::nullopt;
}

RequestWords read_request_words(const std::vector<std::string>& words, std::string_view ref) {
  constexpr std::string_view kPull = "refs/pull/";
  constexpr std::string_view kRefused = "Error encountered with push options";
  RequestWords read;
  if (ref.starts_with(kPull)) {
    ref.remove_prefix(kPull.size());
    read.request.number = positive_number(ref.substr(0, ref.find('/')));
  }
  for (const std::string& line : words) {
    const std::string_view url = url_in(line);
    if (const auto number = request_number(url)) {
      read.request = {std::string(url), number};
    } else if (is_create_page(url)) {
      read.create_page = std::string(url);
    } else if (line.starts_with(kRefused)) {
      read.failure = line;
    } else if (!announces_address(line) && line != "WARNINGS:") {
      read.others.push_back(line);
    }
  }
  return read;
}

}  // namespace engine
