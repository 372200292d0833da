#include "engine/config/rwenv_name.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/file_below.h"
#include "engine/base/reader_word.h"
#include "engine/checkout/repository.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kByteOrderMarkUtf16 = "\xFF\xFE";
constexpr std::string_view kByteOrderMarkUtf16Big = "\xFE\xFF";

// `file` is not what it should be; what is in it may be a secret, so it is not told.
Failure bad_name_file(const fs::path& file, const std::string& problem, std::string hint) {
  const std::string name = sanitize_line(file.string());
  return fail(Code::bad_config, name + ": " + problem, std::move(hint), {{"file", name}});
}

std::string set_it_again() {
  return for_reader("Set it again {set_rwenv}.");
}

// Some editors begin a text file with a mark that no editor shows.
std::string byte_order_mark_of(std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark)) {
    return "a byte order mark (BOM)";
  }
  const bool utf16 =
      bytes.starts_with(kByteOrderMarkUtf16) || bytes.starts_with(kByteOrderMarkUtf16Big);
  return utf16 ? "the byte order mark (BOM) of UTF-16" : "";
}

// The name in one `.claude/rwenv`; empty if there is no such file (in a home directory it is a
// directory) or it is blank. Links are not followed: the file is part of the project, and a link in
// it may lead to a file that the project's authors must not choose.
Result<std::string> read_name(const fs::path& directory) {
  const fs::path claude = directory / ".claude";
  const auto opened = open_directory(directory);
  const auto below =
      opened ? open_directory_below(opened->get(), ".claude") : tl::unexpected(opened.error());
  const auto content =
      below ? read_below(below->get(), "rwenv", kMaxRwenvNameFile) : tl::unexpected(below.error());
  if (!content) {
    const FileFault& fault = content.error();
    if (fault.kind == FileFault::Kind::missing || fault.kind == FileFault::Kind::directory) {
      return std::string();
    }
    return bad_name_file(below ? claude / "rwenv" : claude,
                         "it cannot be read: " + fault.reason + ".",
                         "Expected a regular file of at most " + std::to_string(kMaxRwenvNameFile) +
                             " bytes, in a directory; links are not followed. " + set_it_again());
  }
  if (const std::string mark = byte_order_mark_of(content->bytes); !mark.empty()) {
    return bad_name_file(claude / "rwenv",
                         "it begins with " + mark + ", which is no part of a name.",
                         for_reader("Save it as UTF-8 without BOM, or set it again {set_rwenv}."));
  }
  const std::string name(trimmed(content->bytes, kWhiteSpace));
  if (!name.empty() && !is_rwenv_name(name)) {
    return bad_name_file(claude / "rwenv",
                         "expected the name of an rwenv: letters, digits, '.', '_' and '-', "
                         "beginning with a letter or digit; what is in it is not one.",
                         set_it_again());
  }
  return name;
}

// There is no name in `.claude/rwenv` of these directories.
Failure no_rwenv(const std::vector<RwenvNamePlace>& places) {
  std::string hint = for_reader(
      "Set one {set_rwenv}. The project's file `.claude/rwenv` is missing or empty; looked for:");
  for (const RwenvNamePlace& place : places) {
    hint += "\n" + sanitize_line((place.directory / ".claude/rwenv").string());
  }
  return fail(Code::no_rwenv, "No rwenv set. Use `/rwenv-set` first.", std::move(hint));
}

}  // namespace

bool is_rwenv_name(std::string_view name) {
  return !name.empty() && is_alphanumeric(name.front()) && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
}

std::vector<RwenvNamePlace> rwenv_name_places(const fs::path& project_directory) {
  std::vector<RwenvNamePlace> places;
  // Whether the next place counts.
  const auto look_in = [&](const fs::path& directory) {
    places.push_back({directory, read_name(directory)});
    return places.back().name && places.back().name->empty();
  };
  if (!look_in(project_directory)) {
    return places;
  }
  const auto root = work_tree_root(project_directory);
  if (!root || (*root != project_directory && !look_in(*root))) {
    return places;
  }
  // A linked work tree inherits, since git ignores the file and does not bring it there.
  const auto repository = find_project_repository(*root);
  if (const auto main = repository ? main_work_tree_root(*repository) : std::nullopt) {
    look_in(*main);
  }
  return places;
}

Result<SetRwenv> find_set_rwenv(const fs::path& project_directory) {
  auto places = rwenv_name_places(project_directory);
  RwenvNamePlace& last = places.back();
  RETURN_IF_FAILED(last.name);
  if (last.name->empty()) {
    return no_rwenv(places);
  }
  return SetRwenv{std::move(*last.name), std::move(last.directory)};
}

Result<std::string> active_rwenv_name(const fs::path& project_directory) {
  auto found = find_set_rwenv(project_directory);
  RETURN_IF_FAILED(found);
  return std::move(found->name);
}

}  // namespace engine
