#include "tools/render.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/text/ascii.h"
#include "engine/text/join.h"
#include "engine/text/single_quoted.h"
#include "engine/text/text.h"
#include "tools/paragraphs.h"

namespace tools {
namespace {

// Longer than any path that a system opens.
constexpr std::size_t kMaxValue = 8192;

std::string shown_list(std::vector<std::string> names) {
  for (std::string& name : names) {
    name = sanitize_line(name);
  }
  return engine::joined(names);
}

std::string without_last_newline(std::string_view text) {
  return std::string(text.substr(0, text.size() - (text.ends_with('\n') ? 1 : 0)));
}

std::string label_of(const engine::RolloutChange& change) {
  return sanitize_line(change.label());
}

std::string labels_of(const engine::RolloutResult& result) {
  std::vector<std::string> labels;
  for (const engine::RolloutChange& change : result.changes) {
    labels.push_back(label_of(change));
  }
  return engine::joined(labels);
}

// "backend-services pr-41-9f8e7d6 → pr-42-a1b2c3d"
std::string transition_of(const engine::RolloutChange& change, const std::string& tag) {
  return label_of(change) + " " + sanitize_line(change.previous_tag.value_or("(none)")) + " → " +
         tag;
}

// ": <url>"; of a request whose address is not known: " as #7", " on branch rollout/backend".
std::string place_of(const engine::Proposal& proposal) {
  if (proposal.url) {
    return ": " + sanitize_line(*proposal.url);
  }
  return proposal.number ? " as #" + std::to_string(*proposal.number)
                         : " as " + sanitize_line(proposal.head_branch);
}

std::string headline(const engine::RolloutResult& result) {
  const std::string tag = sanitize_line(result.tag);
  std::vector<std::string> transitions;
  switch (result.status) {
    case engine::RolloutStatus::updated:
      return "✓ Updated " + labels_of(result) + " to " + tag;
    case engine::RolloutStatus::unchanged:
      return "✓ " + labels_of(result) + (result.changes.size() == 1 ? " is" : " are") +
             " already at " + tag +
             (result.proposal ? " in the proposal" + place_of(*result.proposal) : "");
    case engine::RolloutStatus::dry_run:
      for (const engine::RolloutChange& change : result.changes) {
        transitions.push_back(transition_of(change, tag));
      }
      return "Dry run: " + engine::joined(transitions);
    case engine::RolloutStatus::proposed:
      return "✓ Proposed " + labels_of(result) + " " + tag +
             (result.proposal ? place_of(*result.proposal) : "");
  }
  return {};
}

// Empty unless it is proven that nothing of the change will take effect.
std::string without_effect(const engine::RolloutResult& result) {
  const bool is_proven =
      std::ranges::all_of(result.changes, [](const engine::RolloutChange& change) {
        return change.effect.followed == engine::Effect::Followed::no &&
               !change.effect.notes.empty();
      });
  return is_proven ? "This will not take effect: " +
                         sanitize_line(result.changes.front().effect.notes.front())
                   : std::string();
}

bool is_kubernetes_name(std::string_view name) {
  return !name.empty() && !name.starts_with('-') && sanitize_line(name) == name &&
         std::ranges::all_of(name, [](char c) {
           return engine::is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
         });
}

// In single quotes, unless a shell takes every character as it is.
std::string shell_word(std::string_view text) {
  const bool plain = !text.starts_with('-') && std::ranges::all_of(text, [](char c) {
    return engine::is_alphanumeric(c) ||
           std::string_view("-._:/@+=,%").find(c) != std::string_view::npos;
  });
  return plain ? std::string(text) : engine::single_quoted(text);
}

}  // namespace

std::string sanitize_line(std::string_view value) {
  return engine::sanitize_line(value, kMaxValue);
}

std::string sanitize_line(std::string_view sentence, Reader reader) {
  return sanitize_line(worded(sentence, reader));
}

std::vector<std::string> sanitize_lines(std::vector<std::string> sentences, Reader reader) {
  for (std::string& sentence : sentences) {
    sentence = sanitize_line(sentence, reader);
  }
  return sentences;
}

std::string sanitize_text(std::string_view text, std::size_t most) {
  return truncate_with_notice(engine::redact(engine::remove_control_characters(text)), most);
}

std::string truncate_with_notice(std::string text, std::size_t most) {
  const std::size_t size = text.size();
  if (size <= most) {
    return text;
  }
  return engine::truncate(std::move(text), most) + "\n[cut: " + std::to_string(size) +
         " bytes, the first " + std::to_string(most) + " are shown]";
}

std::string reconcile_command(const engine::RolloutResult& result,
                              const engine::RolloutChange& change) {
  const std::string kustomization = change.kustomization.value_or("");
  const std::string name_space = change.kustomization_namespace.value_or("");
  const std::string context = result.kubernetes_context.value_or("");
  if (!is_kubernetes_name(kustomization) ||
      !(name_space.empty() || is_kubernetes_name(name_space)) ||
      sanitize_line(context) != context) {
    return {};
  }
  std::string command = "flux reconcile kustomization " + kustomization;
  if (!name_space.empty() && name_space != "flux-system") {
    command += " -n " + name_space;
  }
  command += " --with-source";
  return context.empty() ? command : command + " --context " + shell_word(context);
}

namespace {

// Adds the values that the list does not have yet.
void add_new(std::vector<std::string>& list, const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    if (std::ranges::find(list, value) == list.end()) {
      list.push_back(value);
    }
  }
}

std::vector<std::string> services_affected(const engine::RolloutResult& result) {
  std::vector<std::string> services;
  for (const engine::RolloutChange& change : result.changes) {
    add_new(services, change.services_affected);
  }
  return services;
}

std::vector<std::string> reconcile_commands(const engine::RolloutResult& result) {
  std::vector<std::string> commands;
  for (const engine::RolloutChange& change : result.changes) {
    if (std::string command = reconcile_command(result, change); !command.empty()) {
      add_new(commands, {std::move(command)});
    }
  }
  return commands;
}

// What Flux will do, before the commands that make it do so at once, if there are any.
std::string reconciliation(const engine::RolloutResult& result, bool has_commands) {
  if (result.proposal) {
    return std::string("Flux will reconcile automatically once it is merged.") +
           (has_commands ? " To force immediate sync then:" : "");
  }
  return std::string("Flux will reconcile automatically.") +
         (has_commands ? " To force immediate sync:" : "");
}

// A rollback undoes nothing else that the later image did.
void add_what_stays(Paragraphs& out, const engine::RolloutResult& result) {
  if (result.goes_back && result.status != engine::RolloutStatus::unchanged) {
    out.end_paragraph();
    out.line("Only the image goes back: databases and other changes do not.");
  }
}

// What was set where.
void add_places(Paragraphs& out, const engine::RolloutResult& result) {
  if (!result.several) {
    const engine::RolloutChange& change = result.changes.front();
    out.labelled("File", sanitize_line(change.file));
    out.labelled("Image", sanitize_line(change.image_name));
    out.labelled("Tag", sanitize_line(result.tag));
    return;
  }
  out.labelled("Tag", sanitize_line(result.tag));
  for (const engine::RolloutChange& change : result.changes) {
    out.labelled(label_of(change),
                 sanitize_line(change.file) + ", image " + sanitize_line(change.image_name));
  }
}

// What the wait saw, and what helps if the cluster did not take it.
void add_live(Paragraphs& out, const engine::RolloutResult& result, Reader reader) {
  if (!result.live) {
    return;
  }
  out.end_paragraph();
  out.line("Live: " + sanitize_line(result.live->in_words(), reader));
  if (result.live->deciding().status.state == engine::LiveState::failed) {
    out.line("To put the former image back: `/rollback" +
             (result.changes.front().service ? " " + sanitize_line(*result.changes.front().service)
                                             : std::string()) +
             "`");
  }
}

}  // namespace

std::string report(const engine::ResolvedTag& resolved, Reader reader) {
  Paragraphs out;
  out.line(resolved.tag.text());
  out.end_paragraph();
  out.line("PR: #" + std::to_string(resolved.pr_number.value()) +
           (resolved.pr_state ? " (" + sanitize_line(*resolved.pr_state) + ")" : "") +
           (resolved.pr_url ? " " + sanitize_line(*resolved.pr_url) : ""));
  out.labelled("Commit", resolved.commit.text());
  out.labelled("Branch", sanitize_line(resolved.branch.value_or("")));
  out.warnings(sanitize_lines(resolved.warnings, reader));
  return truncate_with_notice(out.text());
}

std::string report(const engine::ServiceLookup& lookup, Reader reader) {
  Paragraphs out;
  out.line(sanitize_line(lookup.service) + " → " + sanitize_line(lookup.image_group));
  out.end_paragraph();
  out.labelled("File", sanitize_line(lookup.file));
  out.labelled("Image", sanitize_line(lookup.image_name));
  out.labelled("Type", sanitize_line(lookup.type));
  out.labelled("Kustomization", sanitize_line(lookup.kustomization.value_or("")));
  out.labelled("Namespace", sanitize_line(lookup.namespace_name.value_or("")));
  out.labelled("Deployment", sanitize_line(lookup.deployment.value_or("")));
  out.labelled("Description", sanitize_line(lookup.description.value_or("")));
  out.end_paragraph();
  out.labelled("Services affected", shown_list(lookup.services_affected));
  out.end_paragraph();
  out.labelled("Catalog",
               sanitize_line(lookup.catalog_file) +
                   (lookup.catalog_generated_at
                        ? " (generated " + sanitize_line(*lookup.catalog_generated_at) + ")"
                        : ""));
  out.warnings(sanitize_lines(lookup.warnings, reader));
  return truncate_with_notice(out.text());
}

std::string report(const engine::RolloutResult& result, Reader reader) {
  Paragraphs out;
  const std::string why_not = without_effect(result);
  out.line(headline(result));
  out.end_paragraph();
  if (result.status == engine::RolloutStatus::dry_run) {
    for (const engine::RolloutChange& change : result.changes) {
      out.line(without_last_newline(sanitize_text(change.diff)));
    }
    out.end_paragraph();
    out.line(why_not);
    add_what_stays(out, result);
    out.warnings(sanitize_lines(result.warnings, reader));
    return truncate_with_notice(out.text());
  }
  out.labelled("Flux repo", sanitize_line(result.flux_repo));
  add_places(out, result);
  out.end_paragraph();
  out.labelled("Services affected", shown_list(services_affected(result)));
  out.end_paragraph();
  const std::vector<std::string> commands =
      why_not.empty() ? reconcile_commands(result) : std::vector<std::string>();
  out.line(!why_not.empty() ? why_not : reconciliation(result, !commands.empty()));
  for (const std::string& command : commands) {
    out.line("  " + command);
  }
  add_what_stays(out, result);
  add_live(out, result, reader);
  out.warnings(sanitize_lines(result.warnings, reader));
  return truncate_with_notice(out.text());
}

std::string report(const engine::Error& error, Reader reader) {
  Paragraphs out;
  out.line(sanitize_text(worded(error.message, reader)));
  out.line(sanitize_text(worded(error.hint, reader)));
  return truncate_with_notice(out.text());
}

}  // namespace tools
