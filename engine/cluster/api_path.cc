#include "engine/cluster/api_path.h"

#include <algorithm>
#include <utility>

#include "engine/text/ascii.h"

namespace engine {
namespace {

constexpr std::size_t kMaxLabel = 63;  // of a name in the sense of DNS
constexpr std::size_t kMaxName = 253;
// How many pods a page has: of pods with many containers it is still less than a child process may
// write.
constexpr std::string_view kPodsOfPage = "25";
// Longer ones are not the API server's.
constexpr std::size_t kMaxQueryValue = 4096;

bool is_lower_or_digit(char c) {
  return is_lower(c) || is_digit(c);
}

// Letters, digits and, within, hyphens.
bool is_word(std::string_view text) {
  return !text.empty() && is_lower_or_digit(text.front()) && is_lower_or_digit(text.back()) &&
         std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

// A value of a query, in which everything but letters, digits and what never has a meaning is
// encoded.
std::string encoded(std::string_view value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 0xFU];
    }
  }
  return out;
}

// "/apis/apps/v1/namespaces/backend/deployments"; a version without a group is the core's.
std::string path_of(const ApiResource& resource, std::string_view name_space) {
  const bool is_core = resource.version.find('/') == std::string_view::npos;
  std::string path = is_core ? "/api/" : "/apis/";
  return path.append(resource.version)
      .append("/namespaces/")
      .append(name_space)
      .append("/")
      .append(resource.plural);
}

}  // namespace

bool is_name_space(std::string_view text) {
  return text.size() <= kMaxLabel && is_word(text);
}

bool is_object_name(std::string_view text) {
  if (text.size() > kMaxName) {
    return false;
  }
  for (;;) {
    const auto dot = text.find('.');
    // Kubernetes limits the length of the whole alone.
    if (!is_word(text.substr(0, dot))) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(dot + 1);
  }
}

ApiPath::ApiPath(std::string text) : text_(std::move(text)) {}

ApiPath ApiPath::of_version() {
  return ApiPath("/version");
}

std::optional<ApiPath> ApiPath::of_object(const ApiResource& resource, std::string_view name_space,
                                          std::string_view name) {
  if (!is_name_space(name_space) || !is_object_name(name)) {
    return std::nullopt;
  }
  return ApiPath(path_of(resource, name_space).append("/").append(name));
}

std::optional<ApiPath> ApiPath::of_pods(std::string_view name_space, std::string_view selector,
                                        std::string_view next) {
  if (!is_name_space(name_space) || selector.empty() || selector.size() > kMaxQueryValue ||
      next.size() > kMaxQueryValue) {
    return std::nullopt;
  }
  std::string path = path_of({"v1", "pods"}, name_space);
  path.append("?labelSelector=").append(encoded(selector));
  path.append("&limit=").append(kPodsOfPage);
  if (!next.empty()) {
    path.append("&continue=").append(encoded(next));
  }
  return ApiPath(std::move(path));
}

}  // namespace engine
