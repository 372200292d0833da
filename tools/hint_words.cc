#include "tools/hint_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tools {
namespace {

struct Word {
  std::string_view name;  // in braces
  std::string_view client;
  std::string_view command_line;
};

constexpr std::array<Word, 14> kWords = {{
    // arguments of the tools
    {"service", "`service`", "the command's argument"},
    {"prNumber", "`prNumber`", "`--pr`"},
    {"file", "`file`", "`--file`"},
    {"imageName", "`imageName`", "`--image`"},
    {"path", "`path`", "`--path`"},
    {"dryRun", "`dryRun`", "`--dry-run`"},
    {"verifyPipeline", "`verifyPipeline`", "`--verify-pipeline`"},
    {"projectDir", "`projectDir`", "`--project`"},
    // whole calls
    {"regenerate_services", "the tool `regenerate_services`", "`rollout-mcp regenerate`"},
    {"list_services", "the resource `rollout://services`", "`rollout-mcp services`"},
    {"try_rollout", "The tool `rollout` with `dryRun`",
     "`rollout-mcp rollout <service> --dry-run`"},
    {"doctor", "the resource `rollout://doctor`", "`rollout-mcp doctor`"},
    // what neither has as a call of this program
    {"set_rwenv", "with `/rwenv-set`", "by writing its name into `.claude/rwenv`"},
    {"services_file", "the server's option `--services`", "`--services`"},
}};

std::string as_client(const Word& word) {
  return std::string(word.client);
}

std::string as_command_line(const Word& word) {
  return std::string(word.command_line);
}

std::string as_all(const Word& word) {
  const bool alike = word.client.ends_with(word.command_line);
  return as_client(word) + (alike ? std::string() : " or " + as_command_line(word));
}

std::string worded(std::string_view hint, std::string (*spelling)(const Word&)) {
  std::string out;
  for (auto open = hint.find('{'); open != std::string_view::npos; open = hint.find('{')) {
    out += hint.substr(0, open);
    hint.remove_prefix(open);
    const auto close = hint.find('}');
    const std::string_view name = close == std::string_view::npos ? "" : hint.substr(1, close - 1);
    const auto* const word = std::ranges::find(kWords, name, &Word::name);
    out += word == kWords.end() ? std::string(hint.substr(0, 1)) : spelling(*word);
    hint.remove_prefix(word == kWords.end() ? 1 : close + 1);
  }
  return out += hint;
}

}  // namespace

std::string for_client(std::string_view hint) {
  return worded(hint, as_client);
}

std::string for_command_line(std::string_view hint) {
  return worded(hint, as_command_line);
}

std::string for_all(std::string_view hint) {
  return worded(hint, as_all);
}

engine::Error for_command_line(engine::Error error) {
  error.hint = for_command_line(std::string_view(error.hint));
  return error;
}

}  // namespace tools
