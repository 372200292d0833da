#include "cli/command_options.h"

#include <vector>

#include "cli/version.h"
#include "engine/rollout_request.h"

namespace cli {
namespace {

// A line for each paragraph: a terminal shows them as wide as it is.
constexpr const char* kDescription =
    "Deploys your feature branch: sets the branch's image tag, pr-<PR number>-<first 7 of HEAD>, "
    "in your Flux repository, commits and pushes.\n"
    "Without a command it is an MCP server on stdin and stdout.\n";

constexpr const char* kFooter =
    "Exit status: 0 done, 1 refused (nothing was changed), 2 wrong usage, 128 plus the signal's "
    "number if a signal ended the command.\n"
    "Environment: RWENV_CONFIG_DIR, ROLLOUT_SERVICES_FILE, ROLLOUT_TIMEOUT_SECONDS (default 120), "
    "ROLLOUT_SSH_SHARE, ROLLOUT_LOG_LEVEL, NO_COLOR, COLUMNS. The manual: `man rollout-mcp`.";

constexpr const char* kHowToComplete =
    "To switch it on, add a line to the file that your shell reads when it starts:\n"
    "  bash, ~/.bashrc:\n"
    "    eval \"$(rollout-mcp completion bash)\"\n"
    "  zsh, ~/.zshrc, after compinit:\n"
    "    source <(rollout-mcp completion zsh)\n"
    "  fish, ~/.config/fish/config.fish:\n"
    "    rollout-mcp completion fish | source\n"
    "The .deb installs the scripts where the shells find them without that line.";

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

void add_services(CLI::App& command, CommandLine& line) {
  command
      .add_option(kServiceOperand, line.services,
                  "The services, by their names in the catalog: one commit for all of them")
      ->type_name("");
}

void add_json(CLI::App& command, CommandLine& line) {
  command.add_flag("--json", line.json, "Print the result or the refusal as JSON");
}

void add_project_and_json(CLI::App& command, CommandLine& line) {
  command
      .add_option(
          "--project", line.project,
          "The project directory (default: CLAUDE_PROJECT_DIR, or else the working directory)")
      ->type_name(kDirectoryType);
  add_json(command, line);
}

void add_pr(CLI::App& command, OptionTexts& texts) {
  command.add_option("--pr", texts.pr_number, "Number of the pull request (default: ask gh)")
      ->type_name("N")
      ->check(CLI::Range(engine::PrNumber::kMin, engine::PrNumber::kMax).description(""));
}

void add_wait(CLI::App& command, CommandLine& line, const std::string& description) {
  command.add_option("--wait", line.wait, description)
      ->type_name("SECONDS")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{engine::kMaxWait.count()}).description(""));
}

void add_rollout(CLI::App& app, CommandLine& line, OptionTexts& texts) {
  CLI::App* command = add_command(app, line, CommandName::rollout, "rollout",
                                  "Roll out the image of the current branch");
  add_services(*command, line);
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
  add_wait(*command, line, "Wait until the image is live, at most this long, 1 to 600");
  command->add_flag("--verify-pipeline", line.verify_pipeline,
                    "Refuse unless the pull request's checks are green");
  add_project_and_json(*command, line);
}

void add_rollback(CLI::App& app, CommandLine& line) {
  CLI::App* command = add_command(app, line, CommandName::rollback, "rollback",
                                  "Put an image back to the tag that was there before yours");
  add_service(*command, line)->required();
  command
      ->add_option("--to", line.to,
                   "Go back to this tag, which must have been there (default: the newest that is "
                   "not of the pull request whose tag is there)")
      ->type_name("TAG");
  command->add_flag("--dry-run", line.dry_run, "Show the change, but do not make it");
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

  CLI::App* history = add_command(app, line, CommandName::history, "history",
                                  "List what a service's image has been set to, by whom and when");
  add_service(*history, line)->required();
  history->add_option("--limit", line.limit, "At most this many, 1 to 50 (default: 10)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, engine::RolloutHistoryRequest::kMaxLimit).description(""));
  add_project_and_json(*history, line);

  CLI::App* status =
      add_command(app, line, CommandName::status, "status",
                  "Tell what is set in the environment, and whether a service's image is live");
  add_service(*status, line);
  add_wait(*status, line, "Wait until the service is live, at most this long, 1 to 600");
  add_project_and_json(*status, line);

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

// The last word of `typed` is the command; those before it are the one that it belongs to.
CLI::App* add_rwenv_command(CLI::App& rwenv, CommandLine& line, CommandName name,
                            const std::string& typed, const std::string& description) {
  return add_command(rwenv, line, name, typed.substr(typed.rfind(' ') + 1), description);
}

void add_rwenv_add(CLI::App& rwenv, CommandLine& line) {
  CLI::App* add = add_rwenv_command(rwenv, line, CommandName::rwenv_add, "rwenv add",
                                    "Add an environment; on a terminal, ask for what is missing");
  RwenvOptions& options = line.rwenv;
  add->add_option("NAME", options.name, "The new environment's name")->type_name("");
  add->add_option("--flux-repo", options.flux_repo,
                  "Address of the git repository that Flux applies to the environment")
      ->type_name("URL");
  add->add_option("--flux-type", options.flux_type,
                  "github (default): certificates are verified; gitea: they are not")
      ->type_name(kFluxTypeType)
      ->check(one_of(kFluxTypes));
  add->add_option("--flux-branch", options.flux_branch, "The branch that Flux follows")
      ->type_name("B");
  add->add_option("--flux-path", options.flux_path,
                  "The directory of the repository from which the environment is applied")
      ->type_name("P");
  add->add_option("--context", options.context, "The cluster's context in the kubeconfig")
      ->type_name("C");
  add->add_option("--kubeconfig", options.kubeconfig, "The kubeconfig that has the context")
      ->type_name(kFileType);
  add->add_flag("--read-only", options.read_only, "Refuse rollouts to it; dry runs are allowed");
  add->add_option("--description", options.description, "What the environment is for")
      ->type_name("D");
  add_json(*add, line);
}

void add_import(CLI::App& app, CommandLine& line) {
  add_json(*add_command(app, line, CommandName::import_catalog, "import",
                        "Copy the catalog that another rwenv plugin left, for each environment"),
           line);
}

void add_rwenv(CLI::App& app, CommandLine& line) {
  CLI::App* rwenv =
      app.add_subcommand("rwenv", "List, show, set and add environments: list, show, set, add");
  rwenv->require_subcommand(1);
  add_project_and_json(*add_rwenv_command(*rwenv, line, CommandName::rwenv_list, "rwenv list",
                                          "List the environments"),
                       line);
  add_project_and_json(*add_rwenv_command(*rwenv, line, CommandName::rwenv_show, "rwenv show",
                                          "Show the environment that the project is set to"),
                       line);
  CLI::App* set =
      add_rwenv_command(*rwenv, line, CommandName::rwenv_set, "rwenv set",
                        "Set the project's environment; on a terminal, ask which if none is named");
  set->add_option(kRwenvOperand, line.rwenv.name, "The environment, by its name in envs.json")
      ->type_name("");
  add_project_and_json(*set, line);
  add_rwenv_add(*rwenv, line);
}

void add_others(CLI::App& app, CommandLine& line) {
  add_command(app, line, CommandName::demo, "demo",
              "Show a whole rollout in a temporary sandbox; nothing of yours is touched");
  CLI::App* completion = add_command(app, line, CommandName::completion, "completion",
                                     "Print the completion script for a shell: bash, zsh or fish");
  completion->footer(std::string(kHowToComplete) + "\n\n" + kFooter);
  completion->add_option(kShellOperand, line.shell, "bash, zsh or fish")
      ->type_name("")
      ->required()
      ->check(one_of(kShells));
}

void add_global(CLI::App& app, CommandLine& line) {
  app.set_version_flag("--version", std::string(version_text()),
                       "Print the version, and what the program was built with, and exit");
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
  add_rollback(*app, line);
  add_questions(*app, line, texts);
  add_regenerate(*app, line);
  add_import(*app, line);
  add_rwenv(*app, line);
  add_others(*app, line);
  return app;
}

}  // namespace cli
