#include "cli/read_command_line.h"

#include <sstream>
#include <string_view>
#include <utility>

#include "cli/command_options.h"
#include "cli/exit_status.h"
#include "cli/shell_completion.h"
#include "cli/unexpected.h"
#include "engine/text/text.h"
#include "json/parse.h"
#include "tools/render.h"

namespace cli {
namespace {

// What the completion scripts call; not for people, so not in the help.
constexpr std::string_view kComplete = "__complete";

std::string commands_of(const CLI::App& app) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  return names;
}

// The command that was typed, with the one that it belongs to: "rwenv set".
struct Chosen {
  const CLI::App* app;
  std::string words;
};

Chosen chosen_in(const CLI::App& top) {
  Chosen chosen{&top, ""};
  for (auto below = top.get_subcommands(); !below.empty(); below = chosen.app->get_subcommands()) {
    chosen.app = below.front();
    chosen.words += (chosen.words.empty() ? "" : " ") + chosen.app->get_name();
  }
  return chosen;
}

// What is wrong, in our words where CLI11's do not say it plainly.
std::string explain(const CLI::App& app, const Chosen& chosen, const CLI::Error& problem) {
  const std::string what = problem.what();
  const std::string commands = commands_of(*chosen.app);
  const auto extras = app.remaining(true);
  if (!extras.empty()) {
    const std::string& first = extras.front();
    const bool command = !commands.empty() && !first.starts_with('-');
    return command ? "there is no command '" + first + "'; there are " + commands
                   : "unexpected argument '" + first + "'";
  }
  if (!chosen.words.empty() && !commands.empty()) {
    return "a command is missing; there are " + commands;
  }
  const auto colon = what.find(": 1 required ");
  return colon == std::string::npos ? what : what.substr(0, colon) + " needs a value";
}

// What is wrong, and where the usage is.
std::string usage_problem(const CLI::App* app, const CLI::Error& problem) {
  const Chosen chosen = chosen_in(*app);
  const std::string program = "rollout-mcp" + (chosen.words.empty() ? "" : " " + chosen.words);
  return engine::sanitize_text(program + ": " + explain(*app, chosen, problem) + "\nSee `" +
                               program + " --help`.\n");
}

// The first line of `problem` says what is wrong, the second where the usage is.
engine::Error as_refusal(const std::string& problem) {
  const auto newline = problem.find('\n');
  const std::string hint = newline == std::string::npos ? "" : problem.substr(newline + 1);
  return {engine::Code::bad_argument, problem.substr(0, newline),
          hint.substr(0, hint.find_last_not_of('\n') + 1)};
}

CommandLine completing(int argc, const char* const* argv) {
  CommandLine line;
  line.command = CommandName::complete;
  line.completion = complete(std::vector<std::string>(argv + 2, argv + argc));
  line.project = line.completion.project;
  line.services_file = line.completion.services_file;
  return line;
}

}  // namespace

std::variant<CommandLine, NothingToRun> read_command_line(int argc, const char* const* argv) {
  CommandLine line;
  if (argc <= 1) {
    return line;  // what clients start; spares them the making of a parser
  }
  if (argv[1] == kComplete) {
    return completing(argc, argv);
  }
  OptionTexts texts;
  const auto app = make_parser(line, texts);
  app->failure_message(usage_problem);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app->exit(problem, out, err);
    NothingToRun nothing{code == 0 ? kDone : kWrongUsage, std::move(out).str(),
                         std::move(err).str()};
    if (code != 0 && wants_json(argc, argv)) {
      nothing.out = json::dump(tools::structured(as_refusal(nothing.err)));
    }
    return nothing;
  }
  if (!texts.tag.empty()) {
    line.tag = engine::ImageTag::parse(texts.tag);
  }
  if (texts.pr_number != 0) {
    line.pr_number = engine::PrNumber::make(texts.pr_number);
  }
  return line;
}

}  // namespace cli
