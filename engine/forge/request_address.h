// Where a pull or merge request is, as a forge says it in its answer to a push. Pure functions, for
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

struct RequestAddress {
  std::optional<std::string> url;
  std::optional<std::int64_t> number;
};

// What a forge's answer to a push says about a request.
struct RequestWords {
  RequestAddress request;                  // of an open one
  std::optional<std::string> create_page;  // where a person opens one in a browser
  std::optional<std::string> failure;      // why the forge did not open one, in its words
  std::vector<std::string> others;         // that are about something else
};

// The request whose web page that is: ".../pull/12", ".../pulls/12", ".../merge_requests/12",
// ".../pull-requests/12". Nothing for other addresses.
std::optional<std::int64_t> request_number(std::string_view url);

// `words` are the lines, cleaned; `ref` is what the push set, which for AGit names the request:
// "refs/pull/12/head".
RequestWords read_request_words(const std::vector<std::string>& words, std::string_view ref);

}  // namespace engine
