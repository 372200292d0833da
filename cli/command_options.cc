#include "cli/command_options.h"

#include <vector>

#include "cli/version.h"

namespace cli {
namespace {

constexpr const char* kDescription =
    "Deploys your feature branch: sets the branch's image tag, pr-<PR number>-<first 7 of HEAD>,\n"
    "in your Flux repository, commits and pushes.\n"
    "Without a command it is an MCP server on stdin and stdout.\n";

constexpr const char* kFooter =
    "Exit status: 0 done, 1 refused (nothing was changed), 2 wrong usage, 128 plus the signal's\n"
    "number if a signal ended the command.\n"
    "Environment: RWENV_CONFIG_DIR, ROLLOUT_SERVICES_FILE, ROLLOUT_TIMEOUT_SECONDS (default 120),\n"
    "ROLLOUT_LOG_LEVEL, NO_COLOR. The manual: man rollout-mcp.";

std::string tag_problem(const std::string& text) {
  return engine::ImageTag::parse(text)
             ? std::string()
             : "given '" + text +
                   "', expected pr-<PR number>-<exactly 7 lower-case hexadecimal digits>";
}

template <std::size_t N>
CLI::Validator one_of(const std::array<const char*, N>& words) {
  return CLI::IsMember(std::vector<std::string>(words.begin(), words.end())).description("");
}

CLI::App* add_command(CLI::App& app, CommandLine& line, CommandName name, const std::string& typed,
                      const std::string& description) {
  CLI::App* command = app.add_subcommand(typed, description);
  command->callback([&line, name] { line.command = name; });
  return command;
}

CLI::Option* add_service(CLI::App& command, CommandLine& line) {
  return command
      .add_option(kServiceOperand, line.service, "The service, by its name in the catalog")
      ->type_name("");
}

void add_project_and_json(CLI::App& command, CommandLine& line) {
  command
      .add_option(
          "--project", line.project,
          "The project directory (default: CLAUDE_PROJECT_DIR, or else the working directory)")
      ->type_name(kDirectoryType);
  command.add_flag("--json", line.json, "Print the result or the refusal as JSON");
}

void add_pr(CLI::App& command, OptionTexts& texts) {
  command.add_option("--pr", texts.pr_number, "Number of the pull request (default: ask gh)")
      ->type_name("N")
      ->check(CLI::Range(engine::PrNumber::kMin, engine::PrNumber::kMax).description(""));
}

void add_rollout(CLI::App& app, CommandLine& line, OptionTexts& texts) {
  CLI::App* command = add_command(app, line, CommandName::rollout, "rollout",
                                  "Roll out the image of the current branch");
  add_service(*command, line);
  command->add_flag("--dry-run", line.dry_run, "Show the change, but do not make it");
  command->add_option("--tag", texts.tag, "Use this tag instead of the current commit's")
      ->type_name("T")
      ->check(tag_problem, "");
  add_pr(*command, texts);
  command
      ->add_option("--file", line.file,
                   "The file in the Flux repository, if the catalog lacks the service")
      ->type_name("F");
  command->add_option("--image", line.image_name, "The image's name in that file")->type_name("I");
  command->add_option("--path", line.path, "Where in that file the tag or the image is")
      ->type_name("P");
  command->add_flag("--verify-pipeline", line.verify_pipeline,
                    "Refuse unless the pull request's checks are green");
  add_project_and_json(*command, line);
}

void add_questions(CLI::App& app, CommandLine& line, OptionTexts& texts) {
  CLI::App* resolve_tag = add_command(app, line, CommandName::resolve_tag, "resolve-tag",
                                      "Print the image tag of the current commit");
  add_pr(*resolve_tag, texts);
  add_project_and_json(*resolve_tag, line);

  CLI::App* lookup = add_command(app, line, CommandName::lookup, "lookup",
                                 "Tell where a service's image is set in the Flux repository");
  add_service(*lookup, line)->required();
  add_project_and_json(*lookup, line);

  add_project_and_json(*add_command(app, line, CommandName::services, "services",
                                    "List the services of the catalog"),
                       line);
  add_project_and_json(*add_command(app, line, CommandName::doctor, "doctor",
                                    "Check that everything a rollout needs is in place"),
                       line);
}

void add_regenerate(CLI::App& app, CommandLine& line) {
  CLI::App* command = add_command(app, line, CommandName::regenerate, "regenerate",
                                  "Make the catalog of services from the Flux repository");
  command->add_flag("--dry-run", line.dry_run, "Show the change, but do not make it");
  command
      ->add_option(
          "--path", line.path,
          "Take the image groups below this directory of the Flux repository (default: what "
          "is applied from fluxPath; without one apps, or the whole repository if apps has none)")
      ->type_name("P");
  add_project_and_json(*command, line);
}

void add_others(CLI::App& app, CommandLine& line) {
  add_command(app, line, CommandName::demo, "demo",
              "Show a whole rollout in a temporary sandbox; nothing of yours is touched");
  CLI::App* completion = add_command(app, line, CommandName::completion, "completion",
                                     "Print the completion script for a shell: bash, zsh or fish");
  completion->add_option(kShellOperand, line.shell, "bash, zsh or fish")
      ->type_name("")
      ->required()
      ->check(one_of(kShells));
}

void add_global(CLI::App& app, CommandLine& line) {
  app.set_version_flag("--version", "rollout-mcp " + std::string(version()),
                       "Print the version and exit");
  app.add_option("--services", line.services_file, "The catalog to use (services.json)")
      ->type_name(kFileType);
  app.add_option("--log-level", line.log_level,
                 "How much the server logs on stderr: trace, debug, info (default), warning, error "
                 "or off")
      ->type_name(kLevelType)
      ->check(one_of(kLogLevels));
  app.add_option("--log-file", line.log_file, "Log to this file as well")->type_name(kFileType);
}

}  // namespace

std::unique_ptr<CLI::App> make_parser(CommandLine& line, OptionTexts& texts) {
  auto app = std::make_unique<CLI::App>(kDescription, "rollout-mcp");
  app->footer(kFooter);
  app->fallthrough();
  app->require_subcommand(0, 1);
  add_global(*app, line);
  add_rollout(*app, line, texts);
  add_questions(*app, line, texts);
  add_regenerate(*app, line);
  add_others(*app, line);
  return app;
}

}  // namespace cli
