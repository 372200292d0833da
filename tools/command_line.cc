#include "tools/command_line.h"

#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

#include "tools/version.h"

namespace tools {
namespace {

constexpr int kWrongUsage = 2;

constexpr const char* kDescription =
    "Puts the image of a feature branch into a running environment: computes the tag\n"
    "pr-<PR number>-<first 7 of HEAD>, writes it into the Flux repository, commits and pushes.\n"
    "Without a command it serves MCP on stdin and stdout.";

constexpr const char* kFooter =
    "Exit status: 0 done, 1 refused (nothing was changed), 2 wrong usage.\n"
    "Environment: RWENV_CONFIG_DIR, ROLLOUT_SERVICES_FILE, ROLLOUT_TIMEOUT_SECONDS (default 120),\n"
    "ROLLOUT_LOG_LEVEL, NO_COLOR.";

// Options whose types CLI11 does not know, as text until parsing is done.
struct Texts {
  std::string tag;
  std::int64_t pr_number = 0;
};

std::string tag_problem(const std::string& text) {
  return engine::ImageTag::parse(text)
             ? std::string()
             : "given '" + text +
                   "', accepted is pr-<PR number>-<exactly 7 lower-case hexadecimal digits>";
}

void add_project_and_json(CLI::App& command, CommandLine& line) {
  command.add_option("--project", line.project, "The project directory (default: where you are)")
      ->type_name("DIR");
  command.add_flag("--json", line.json, "Print the result as JSON, refusals too");
}

void add_pr(CLI::App& command, Texts& texts) {
  command.add_option("--pr", texts.pr_number, "Number of the pull request (default: ask gh)")
      ->type_name("N")
      ->check(CLI::Range(engine::PrNumber::kLeast, engine::PrNumber::kMost).description(""));
}

void add_rollout(CLI::App& app, CommandLine& line, Texts& texts) {
  CLI::App* command = app.add_subcommand("rollout", "Roll out the image of the current branch");
  command->add_option("service", line.service, "The service, as it stands in the catalog")
      ->type_name("");
  command->add_flag("--dry-run", line.dry_run, "Only show the change");
  command->add_option("--tag", texts.tag, "This tag, instead of that of the current commit")
      ->type_name("T")
      ->check(tag_problem, "");
  add_pr(*command, texts);
  command->add_option("--file", line.file, "The file in the Flux repository, by hand")
      ->type_name("F");
  command->add_option("--image", line.image_name, "The image's name in that file")->type_name("I");
  command->add_flag("--verify-pipeline", line.verify_pipeline,
                    "Refuse unless the pull request's checks are green");
  add_project_and_json(*command, line);
  command->callback([&line] { line.command = CommandName::rollout; });
}

void add_others(CLI::App& app, CommandLine& line, Texts& texts) {
  CLI::App* resolve_tag =
      app.add_subcommand("resolve-tag", "Print the image tag of the current commit");
  add_pr(*resolve_tag, texts);
  add_project_and_json(*resolve_tag, line);
  resolve_tag->callback([&line] { line.command = CommandName::resolve_tag; });

  CLI::App* lookup =
      app.add_subcommand("lookup", "Say where a service's image stands in the Flux repository");
  lookup->add_option("service", line.service, "The service, as it stands in the catalog")
      ->type_name("")
      ->required();
  add_project_and_json(*lookup, line);
  lookup->callback([&line] { line.command = CommandName::lookup; });

  CLI::App* services = app.add_subcommand("services", "List the services of the catalog");
  add_project_and_json(*services, line);
  services->callback([&line] { line.command = CommandName::services; });

  CLI::App* demo = app.add_subcommand(
      "demo", "Show a whole rollout in a throw-away sandbox; nothing of yours is touched");
  demo->callback([&line] { line.command = CommandName::demo; });
}

void add_global(CLI::App& app, CommandLine& line) {
  app.set_version_flag("--version", "rollout-mcp " + std::string(version()),
                       "Print the version and exit");
  app.add_option("--services", line.services_file, "The catalog to use (services.json)")
      ->type_name("FILE");
  app.add_option("--log-level", line.log_level,
                 "How much the server logs on stderr: trace, debug, info (default), warning, error "
                 "or off")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}).description(""));
  app.add_option("--log-file", line.log_file, "Log to this file as well")->type_name("FILE");
}

}  // namespace

std::variant<CommandLine, NothingToRun> read_command_line(int argc, const char* const* argv) {
  CommandLine line;
  if (argc <= 1) {
    return line;  // what clients start; spares them the making of a parser
  }
  Texts texts;
  CLI::App app(kDescription, "rollout-mcp");
  app.footer(kFooter);
  app.fallthrough();
  app.require_subcommand(0, 1);
  add_global(app, line);
  add_rollout(app, line, texts);
  add_others(app, line, texts);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(problem, out, err);
    return NothingToRun{code == 0 ? 0 : kWrongUsage, std::move(out).str(), std::move(err).str()};
  }
  if (!texts.tag.empty()) {
    line.tag = engine::ImageTag::parse(texts.tag);
  }
  if (texts.pr_number != 0) {
    line.pr_number = engine::PrNumber::make(texts.pr_number);
  }
  return line;
}

}  // namespace tools
