#include "tools/hint_words.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/base/reader_word.h"

namespace tools {
namespace {

struct Word {
  std::string_view name;  // in the mark
  std::string_view client;
  std::string_view command_line;
};

constexpr std::size_t kLongest = 64;  // of a mark

constexpr std::array<Word, 29> kWords = {{
    // arguments of the tools
    {"service", "`service`", "the command's argument"},
    {"services", "`services`", "several services"},
    {"prNumber", "`prNumber`", "`--pr`"},
    {"file", "`file`", "`--file`"},
    {"imageName", "`imageName`", "`--image`"},
    {"path", "`path`", "`--path`"},
    {"dryRun", "`dryRun`", "`--dry-run`"},
    {"verifyPipeline", "`verifyPipeline`", "`--verify-pipeline`"},
    {"waitSeconds", "`waitSeconds`", "`--wait`"},
    {"projectDir", "`projectDir`", "`--project`"},
    {"name", "`name`", "`NAME`"},
    {"fluxGitRepo", "`fluxGitRepo`", "`--flux-repo`"},
    {"fluxGitRepoType", "`fluxGitRepoType`", "`--flux-type`"},
    {"fluxGitBranch", "`fluxGitBranch`", "`--flux-branch`"},
    {"fluxPath", "`fluxPath`", "`--flux-path`"},
    {"kubernetesContext", "`kubernetesContext`", "`--context`"},
    {"kubeconfigPath", "`kubeconfigPath`", "`--kubeconfig`"},
    {"description", "`description`", "`--description`"},
    {"type", "`type`", "`type`"},
    {"to", "`to`", "`--to`"},
    // whole calls
    {"regenerate_services", "the tool `regenerate_services`", "`rollout-mcp regenerate`"},
    {"import_catalog", "`rollout-mcp import` in a terminal", "`rollout-mcp import`"},
    {"list_services", "the resource `rollout://services`", "`rollout-mcp services`"},
    {"try_rollout", "The tool `rollout` with `dryRun`",
     "`rollout-mcp rollout <service> --dry-run`"},
    {"rollout_history", "the tool `rollout_history`", "`rollout-mcp history`"},
    {"doctor", "the resource `rollout://doctor`", "`rollout-mcp doctor`"},
    {"set_rwenv", "with `/rwenv-set` (the tool `set_rwenv`)", "with `rollout-mcp rwenv set`"},
    {"add_rwenv", "with `/rwenv-add` (the tool `add_rwenv`)", "with `rollout-mcp rwenv add`"},
    // what neither has as a call of this program
    {"services_file", "the server's option `--services`", "`--services`"},
}};

std::string_view without_backquotes(std::string_view word) {
  const bool quoted =
      word.size() > 1 && word.front() == '`' && word.find('`', 1) + 1 == word.size();
  return quoted ? word.substr(1, word.size() - 2) : word;
}

struct Worded {
  std::string_view word;   // empty if there is no mark that is known
  std::size_t length = 1;  // of what it stands for
};

// What `text` begins with, which is what begins a mark.
Worded mark_in_words(std::string_view text, Reader reader) {
  constexpr std::array<char, 2> kEnds = {engine::kReaderWordEnd, engine::kReaderLabelEnd};
  const auto end = text.substr(0, kLongest).find_first_of({kEnds.data(), kEnds.size()});
  if (end == std::string_view::npos) {
    return {};
  }
  const auto* const word = std::ranges::find(kWords, text.substr(1, end - 1), &Word::name);
  if (word == kWords.end()) {
    return {};
  }
  const auto spelling = reader == Reader::client ? word->client : word->command_line;
  const bool is_label = text[end] == engine::kReaderLabelEnd;
  return {is_label ? without_backquotes(spelling) : spelling, end + 1};
}

}  // namespace

std::string worded(std::string_view text, Reader reader) {
  std::string out;
  for (auto mark = text.find(engine::kReaderMark); mark != std::string_view::npos;
       mark = text.find(engine::kReaderMark)) {
    out += text.substr(0, mark);
    text.remove_prefix(mark);
    const Worded known = mark_in_words(text, reader);
    out += known.word;
    text.remove_prefix(known.length);
  }
  return out += text;
}

}  // namespace tools
