#include "cli/shell_completion.h"

#include <algorithm>
#include <utility>

#include "cli/command_options.h"
#include "cli/completion_scripts.h"
#include "tools/service_list.h"

namespace cli {
namespace {

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

// Adds the options as they are typed, "--dry-run", but for those that are there already (--help).
void add_options(const CLI::App& app, std::vector<Candidate>& out) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      const std::string typed = "--" + name;
      if (std::ranges::find(out, typed, &Candidate::text) == out.end()) {
        out.push_back({typed, option->get_description()});
      }
    }
  }
}

std::vector<Candidate> command_candidates(const CLI::App& app) {
  std::vector<Candidate> out;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    out.push_back({command->get_name(), command->get_description()});
  }
  return out;
}

template <std::size_t N>
std::vector<Candidate> each_of(const std::array<const char*, N>& words) {
  std::vector<Candidate> out;
  for (const char* word : words) {
    out.push_back({word, ""});
  }
  return out;
}

// Walks along the words as the parser would.
class Walk {
 public:
  Walk(const CLI::App& app, ShellCompletion& out) : app_(app), out_(out) {}

  void pass(std::string_view word) {
    if (word == "=") {
      return;  // of --option=value, where the shell makes three words of it
    }
    if (option_ != nullptr) {
      note(*std::exchange(option_, nullptr), word);
    } else if (!only_operands_ && word == "--") {
      only_operands_ = true;
    } else if (!only_operands_ && word.starts_with('-')) {
      pass_option(word);
    } else if (has_commands(current())) {
      command_ = find_command(word);
      lost_ = command_ == nullptr;
    } else {
      if (operands_ == 0) {
        out_.service = std::string(word);
      }
      ++operands_;
    }
  }

  void finish(std::string_view word) {
    if (lost_) {
      return;
    }
    if (option_ != nullptr) {
      complete_value(*option_);
    } else if (!only_operands_ && word.starts_with('-')) {
      if (command_ != nullptr) {
        add_options(*command_, out_.candidates);
      }
      add_options(app_, out_.candidates);
    } else if (has_commands(current())) {
      out_.candidates = command_candidates(current());
    } else {
      complete_operand();
    }
  }

 private:
  // The command that the words so far have named.
  const CLI::App& current() const { return command_ == nullptr ? app_ : *command_; }

  static bool has_commands(const CLI::App& app) {
    return !app.get_subcommands([](const CLI::App*) { return true; }).empty();
  }

  const CLI::Option* find(const std::string& name) const {
    const CLI::Option* own = command_ == nullptr ? nullptr : command_->get_option_no_throw(name);
    return own != nullptr ? own : app_.get_option_no_throw(name);
  }

  const CLI::App* find_command(std::string_view name) const {
    const auto found = current().get_subcommands(
        [&](const CLI::App* command) { return command->get_name() == name; });
    return found.empty() ? nullptr : found.front();
  }

  void pass_option(std::string_view word) {
    const auto equals = word.find('=');
    const CLI::Option* option = find(std::string(word.substr(0, equals)));
    if (option == nullptr || !takes_value(*option)) {
      return;
    }
    if (equals == std::string_view::npos) {
      option_ = option;
    } else {
      note(*option, word.substr(equals + 1));
    }
  }

  void note(const CLI::Option& option, std::string_view value) {
    if (option.check_lname("project")) {
      out_.project = std::string(value);
    } else if (option.check_lname("services")) {
      out_.services_file = std::string(value);
    }
  }

  void complete_value(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    if (option.check_lname("to")) {
      out_.kind = ShellCompletion::Kind::former_tags;
    } else if (type == kFileType) {
      out_.kind = ShellCompletion::Kind::files;
    } else if (type == kDirectoryType) {
      out_.kind = ShellCompletion::Kind::directories;
    } else if (type == kLevelType) {
      out_.candidates = each_of(kLogLevels);
    } else if (type == kFluxTypeType) {
      out_.candidates = each_of(kFluxTypes);
    }
  }

  void complete_operand() {
    const auto operands =
        command_->get_options([](const CLI::Option* option) { return option->get_positional(); });
    const bool last_takes_more = !operands.empty() && operands.back()->get_items_expected_max() > 1;
    if (operands_ >= operands.size() && !last_takes_more) {
      return;
    }
    const std::string name = operands[std::min(operands_, operands.size() - 1)]->get_name();
    if (name == kServiceOperand) {
      out_.kind = ShellCompletion::Kind::services;
    } else if (name == kRwenvOperand) {
      out_.kind = ShellCompletion::Kind::rwenvs;
    } else if (name == kShellOperand) {
      out_.candidates = each_of(kShells);
    }
  }

  const CLI::App& app_;
  ShellCompletion& out_;
  const CLI::App* command_ = nullptr;
  const CLI::Option* option_ = nullptr;  // whose value comes next
  std::size_t operands_ = 0;
  bool only_operands_ = false;
  bool lost_ = false;  // no such command
};

}  // namespace

ShellCompletion complete(const std::vector<std::string>& words) {
  ShellCompletion out;
  CommandLine line;
  OptionTexts texts;
  const auto app = make_parser(line, texts);
  Walk walk(*app, out);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    walk.pass(words[i]);
  }
  walk.finish(words.empty() ? std::string_view() : words.back());
  return out;
}

std::string completion_lines(const ShellCompletion& completion,
                             const std::vector<std::string>& names) {
  switch (completion.kind) {
    case ShellCompletion::Kind::files:
      return ":files";
    case ShellCompletion::Kind::directories:
      return ":directories";
    case ShellCompletion::Kind::services:
    case ShellCompletion::Kind::former_tags:
    case ShellCompletion::Kind::rwenvs:
    case ShellCompletion::Kind::candidates:
      break;
  }
  std::string out;
  for (const std::string& name : names) {
    if (tools::can_be_offered(name)) {
      out += (out.empty() ? "" : "\n") + name;
    }
  }
  for (const Candidate& candidate : completion.candidates) {
    out += (out.empty() ? "" : "\n") + candidate.text +
           (candidate.description.empty() ? "" : "\t" + candidate.description);
  }
  return out;
}

std::string_view completion_script(std::string_view shell) {
  if (shell == "zsh") {
    return embedded::completion_script("_rollout-mcp");
  }
  return embedded::completion_script("rollout-mcp." + std::string(shell));
}

}  // namespace cli
