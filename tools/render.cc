#include "tools/render.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/text/ascii.h"
#include "engine/text/join.h"
#include "engine/text/text.h"

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

// Lines in paragraphs with one blank line between them; empty ones leave no trace.
class Paragraphs {
 public:
  void line(std::string_view text) {
    if (!text.empty()) {
      text_ += (text_.empty() ? "" : (new_paragraph_ ? "\n\n" : "\n"));
      text_ += text;
      new_paragraph_ = false;
    }
  }
  // A line of a value that may be unknown: then there is none.
  void labelled(const std::string& label, const std::string& value) {
    if (!value.empty()) {
      line(label + ": " + value);
    }
  }
  void end_paragraph() { new_paragraph_ = true; }
  void warnings(const std::vector<std::string>& warnings, Reader reader) {
    end_paragraph();
    for (const std::string& warning : warnings) {
      line("⚠ " + sanitize_line(warning, reader));
    }
  }
  std::string text() const { return truncate_with_notice(text_); }

 private:
  std::string text_;
  bool new_paragraph_ = false;
};

std::string without_last_newline(std::string_view text) {
  return std::string(text.substr(0, text.size() - (text.ends_with('\n') ? 1 : 0)));
}

std::string headline(const engine::RolloutResult& result) {
  const std::string group = sanitize_line(result.image_group.value_or(result.image_name));
  const std::string tag = sanitize_line(result.tag);
  switch (result.status) {
    case engine::RolloutStatus::updated:
      return "✓ Updated " + group + " to " + tag;
    case engine::RolloutStatus::unchanged:
      return "✓ " + group + " is already at " + tag;
    case engine::RolloutStatus::dry_run:
      return "Dry run: " + group + " " + sanitize_line(result.previous_tag.value_or("(none)")) +
             " → " + tag;
  }
  return {};
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
  if (plain) {
    return std::string(text);
  }
  std::string word = "'";
  for (const char c : text) {
    word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return word + "'";
}

}  // namespace

std::string sanitize_line(std::string_view value) {
  return engine::sanitize_line(value, kMaxValue);
}

std::string sanitize_line(std::string_view sentence, Reader reader) {
  return sanitize_line(worded(sentence, reader));
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

std::string reconcile_command(const engine::RolloutResult& result) {
  const std::string kustomization = result.kustomization.value_or("");
  const std::string name_space = result.kustomization_namespace.value_or("");
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

std::string report(const engine::ResolvedTag& resolved, Reader reader) {
  Paragraphs out;
  out.line(resolved.tag.text());
  out.end_paragraph();
  out.line("PR: #" + std::to_string(resolved.pr_number.value()) +
           (resolved.pr_state ? " (" + sanitize_line(*resolved.pr_state) + ")" : "") +
           (resolved.pr_url ? " " + sanitize_line(*resolved.pr_url) : ""));
  out.labelled("Commit", resolved.commit.text());
  out.labelled("Branch", sanitize_line(resolved.branch.value_or("")));
  out.warnings(resolved.warnings, reader);
  return out.text();
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
  out.warnings(lookup.warnings, reader);
  return out.text();
}

std::string report(const engine::RolloutResult& result, Reader reader) {
  Paragraphs out;
  out.line(headline(result));
  out.end_paragraph();
  if (result.status == engine::RolloutStatus::dry_run) {
    out.line(without_last_newline(sanitize_text(result.diff)));
    out.warnings(result.warnings, reader);
    return out.text();
  }
  out.labelled("Flux repo", sanitize_line(result.flux_repo));
  out.labelled("File", sanitize_line(result.file));
  out.labelled("Image", sanitize_line(result.image_name));
  out.labelled("Tag", sanitize_line(result.tag));
  out.end_paragraph();
  out.labelled("Services affected", shown_list(result.services_affected));
  out.end_paragraph();
  const std::string command = reconcile_command(result);
  if (command.empty()) {
    out.line("Flux will reconcile automatically.");
  } else {
    out.line("Flux will reconcile automatically. To force immediate sync:");
    out.line("  " + command);
  }
  out.warnings(result.warnings, reader);
  return out.text();
}

std::string report(const engine::Error& error, Reader reader) {
  Paragraphs out;
  out.line(sanitize_text(worded(error.message, reader)));
  out.line(sanitize_text(worded(error.hint, reader)));
  return out.text();
}

}  // namespace tools
