#include "engine/checkout/configuration.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "engine/base/file_below.h"
#include "engine/text/ascii.h"

namespace engine {
namespace {

constexpr std::size_t kMaxConfiguration = std::size_t{1} << 20U;
constexpr std::string_view kBlank = " \t\r";

// Reads the text from its start to its end.
class ConfigurationReader {
 public:
  explicit ConfigurationReader(std::string_view text) : rest_(text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (rest_.starts_with(kByteOrderMark)) {
      rest_.remove_prefix(kByteOrderMark.size());
    }
  }

  std::vector<ConfigurationEntry> entries() {
    std::vector<ConfigurationEntry> entries;
    ConfigurationEntry entry;
    while (skip_to_word()) {
      if (rest_.front() == '[') {
        if (!read_section(entry)) {
          break;
        }
        continue;
      }
      entry.name = in_lower_case(take_name());
      auto value = read_value();
      if (entry.name.empty() || !value) {
        break;
      }
      entry.value = std::move(*value);
      entries.push_back(entry);
    }
    return entries;
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void skip_line() { rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size())); }

  // To the next section or variable; false if there is none.
  bool skip_to_word() {
    while (!rest_.empty()) {
      if (rest_.front() == '#' || rest_.front() == ';') {
        skip_line();
      } else if (rest_.front() == '\n' || kBlank.find(rest_.front()) != std::string_view::npos) {
        rest_.remove_prefix(1);
      } else {
        return true;
      }
    }
    return false;
  }

  // The section's name in lower case, and its subsection as it is between the quotes; false where
  // git would refuse it.
  bool read_section(ConfigurationEntry& entry) {
    rest_.remove_prefix(1);
    entry.section = in_lower_case(take_name());
    entry.subsection.clear();
    bool quoted = false;
    while (!rest_.empty()) {
      char c = take();
      if (c == '\n') {
        return false;
      }
      if (c == ']' && !quoted) {
        return true;
      }
      if (c == '"') {
        quoted = !quoted;
        continue;
      }
      if (c == '\\' && quoted && !rest_.empty()) {
        c = take();
      }
      if (quoted) {
        entry.subsection += c;
      }
    }
    return false;
  }

  std::string take_name() {
    std::string name;
    while (!rest_.empty() && (is_alphanumeric(rest_.front()) || rest_.front() == '-')) {
      name += take();
    }
    return name;
  }

  // What follows a variable's name, up to the end of the line. "" where there is no value; nothing
  // where git would refuse it.
  std::optional<std::string> read_value() {
    skip_blanks();
    if (rest_.empty() || rest_.front() == '\n' || rest_.front() == '#' || rest_.front() == ';') {
      skip_line();
      return std::string();
    }
    if (take() != '=') {
      return std::nullopt;
    }
    skip_blanks();
    std::string value;
    std::size_t kept = 0;  // of the value: blanks at its end do not count
    bool quoted = false;
    while (!rest_.empty() && rest_.front() != '\n') {
      const char c = take();
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '#' || c == ';')) {
        skip_line();
      } else if (c == '\\') {
        if (!read_escaped(value)) {
          return std::nullopt;
        }
        kept = value.size();
      } else {
        value += c;
        kept = quoted || kBlank.find(c) == std::string_view::npos ? value.size() : kept;
      }
    }
    value.resize(kept);
    return quoted ? std::nullopt : std::optional(std::move(value));
  }

  // What follows a backslash; at the end of a line the value goes on in the next one.
  bool read_escaped(std::string& value) {
    if (rest_.empty()) {
      return true;
    }
    if (rest_.starts_with("\r\n")) {
      rest_.remove_prefix(1);
    }
    switch (take()) {
      case '\n':
        return true;
      case 'n':
        value += '\n';
        return true;
      case 't':
        value += '\t';
        return true;
      case 'b':
        value += '\b';
        return true;
      case '\\':
        value += '\\';
        return true;
      case '"':
        value += '"';
        return true;
      default:
        return false;
    }
  }

  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlank), rest_.size()));
  }

  std::string_view rest_;
};

}  // namespace

std::vector<ConfigurationEntry> read_configuration(const ProjectRepository& repository) {
  const auto file = read_below(repository.common.get(), "config", kMaxConfiguration);
  return file ? configuration_entries(file->bytes) : std::vector<ConfigurationEntry>();
}

std::vector<ConfigurationEntry> configuration_entries(std::string_view text) {
  return ConfigurationReader(text).entries();
}

}  // namespace engine
