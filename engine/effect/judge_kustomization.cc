#include "engine/effect/judge_kustomization.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/base/repository_path.h"
#include "engine/effect/flux_object.h"
#include "engine/effect/ignore_rules.h"
#include "engine/effect/kustomization_walk.h"
#include "engine/effect/outer_images.h"
#include "engine/manifest/tree.h"
#include "engine/text/text.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

std::string shown(std::string_view text) {
  return sanitize_line(text, 200);
}

bool has(const std::vector<std::string>& list, std::string_view what) {
  return std::ranges::find(list, what) != list.end();
}

class Judge {
 public:
  Judge(const ChangedPlace& change, const RecordedKustomization& recorded, HeadFiles& head)
      : change_(change), recorded_(recorded), head_(head), name_(shown(recorded.name)) {}

  Verdict judge() {
    const auto flux = FluxObject::find(recorded_.file, head_.yaml(recorded_.file), "Kustomization",
                                       recorded_.name, recorded_.namespace_name);
    if (!flux) {
      return {.is_known = false, .notes = {}};
    }
    look_at_suspension(*flux);
    // The path of another kind of source, such as an artifact made of this one, is not a path here.
    if (flux->text({"spec", "sourceRef", "kind"}) == "GitRepository") {
      look_at_path(*flux);
      look_at_source(*flux);
    } else {
      verdict_.is_known = false;
    }
    look_at_images(*flux);
    return std::move(verdict_);
  }

 private:
  void note(std::string sentence) { verdict_.notes.push_back(std::move(sentence)); }

  // Filled in by Flux when it applies the object.
  static bool is_variable(const FluxObject& object, std::string_view field) {
    return object.text({"spec", field}).value_or("").find("${") != std::string::npos;
  }

  bool is_patched(std::string_view field) const { return has(recorded_.patched, field); }

  // What a patch sets is not what the object says.
  void look_at_suspension(const FluxObject& flux) {
    if (is_patched("suspend") || is_variable(flux, "suspend")) {
      verdict_.is_known = false;
    } else if (flux.is_suspended()) {
      note("The Flux Kustomization " + name_ + " is suspended (" + flux.place({"spec", "suspend"}) +
           ").");
    }
  }

  // Whether the path, if it is another than it was, or the kustomizations between it and the file
  // still lead to the file.
  void look_at_path(const FluxObject& flux) {
    if (is_patched("path")) {
      verdict_.is_known = false;
    }
    if (!recorded_.path || is_patched("path")) {
      return;
    }
    const std::string written = flux.text({"spec", "path"}).value_or("");
    const auto path = resolve_path("", written.empty() ? "." : "./" + written);
    if (!path || written.find("${") != std::string::npos) {
      verdict_.is_known = false;
      return;
    }
    const auto broken = *path == *recorded_.path ? broken_link() : std::optional<std::string>("");
    if (!broken) {
      return;
    }
    way_is_known_ = false;
    switch (reaches_from(flux, *path)) {
      case Reach::yes:
        // Whether these images include the file's is not known here.
        verdict_.is_known = verdict_.is_known && !flux.yaml().find(flux.spec(), "images");
        return;
      case Reach::unknown:
        verdict_.is_known = false;
        return;
      case Reach::no:
        break;
    }
    if (broken->empty()) {
      note("The Flux Kustomization " + name_ + " applies " + shown(written) +
           ", which does not take in " + change_.file + " (" + flux.place({"spec", "path"}) + ").");
    } else {
      note("No Flux Kustomization applies " + change_.file + ": " + *broken +
           " does not name what it is in.");
    }
  }

  // Also by way of the components that it adds itself.
  Reach reaches_from(const FluxObject& flux, const std::string& path) {
    Reach reach = reaches(head_, path, change_.file);
    const YamlSourceMap& yaml = flux.yaml();
    for (const YamlIndex component : yaml.items(yaml.find(flux.spec(), "components"))) {
      const auto directory = resolve_path(path, yaml.text(component).value_or(""));
      reach = reach != Reach::no ? reach
              : directory        ? reaches(head_, *directory, change_.file)
                                 : Reach::unknown;
    }
    return reach;
  }

  // "<file>:<line>" of the outermost kustomization that no longer builds on the one inside it.
  std::optional<std::string> broken_link() {
    for (std::size_t i = recorded_.outer.size(); i-- > 0;) {
      const std::string& outer = recorded_.outer[i];
      const std::string& inner = i == 0 ? change_.file : recorded_.outer[i - 1];
      if (names_path(head_, outer, inner) || names_path(head_, outer, directory_of(inner))) {
        continue;
      }
      const YamlSourceMap* const yaml = head_.yaml(outer);
      if (yaml == nullptr || yaml->documents().empty()) {
        return "";
      }
      const YamlIndex root = yaml->documents().front();
      const YamlIndex at = yaml->find(root, "resources").value_or(root);
      return outer + ":" + std::to_string(line_at(yaml->bytes(), yaml->offset(at)));
    }
    return std::nullopt;
  }

  void look_at_source(const FluxObject& flux) {
    if (!recorded_.source || is_patched("sourceRef")) {
      verdict_.is_known = false;
      return;
    }
    const RecordedSource& recorded = *recorded_.source;
    const auto source = FluxObject::find(recorded.file, head_.yaml(recorded.file), "GitRepository",
                                         recorded.name, recorded.namespace_name);
    if (!source || flux.text({"spec", "sourceRef", "name"}) != recorded.name || !is_here(*source)) {
      verdict_.is_known = false;
      return;
    }
    const std::string source_name = "The GitRepository " + shown(recorded.name);
    if (has(recorded.patched, "suspend") || is_variable(*source, "suspend")) {
      verdict_.is_known = false;
    } else if (source->is_suspended()) {
      note(source_name + ", from which Flux takes the file, is suspended (" +
           source->place({"spec", "suspend"}) + ").");
    }
    if (has(recorded.patched, "ref")) {
      verdict_.is_known = false;
    } else {
      look_at_branch(*source, source_name);
    }
    if (has(recorded.patched, "ignore")) {
      verdict_.is_known = false;
    } else {
      look_at_ignored(*source);
    }
  }

  bool is_here(const FluxObject& source) const {
    const std::string url = source.text({"spec", "url"}).value_or("");
    return url.find("${") != std::string::npos ||
           is_same_repository(RemoteUrl(url), change_.repository);
  }

  // In the order in which Flux looks at them.
  void look_at_branch(const FluxObject& source, const std::string& source_name) {
    constexpr std::string_view kHeads = "refs/heads/";
    std::string follows;
    std::string field;
    for (const char* const kind : {"commit", "name", "semver", "tag", "branch"}) {
      const std::string value = source.text({"spec", "ref", kind}).value_or("");
      if (value.find("${") != std::string::npos) {
        verdict_.is_known = false;
        return;
      }
      if (!value.empty()) {
        field = kind;
        const bool is_branch = field == "name" && value.starts_with(kHeads);
        follows = is_branch           ? "branch " + value.substr(kHeads.size())
                  : field == "name"   ? value
                  : field == "semver" ? "range of tags " + value
                                      : field + " " + value;
        break;
      }
    }
    if (field.empty()) {
      follows = "branch master";  // Flux's default
    }
    if (follows == "branch " + change_.branch) {
      return;
    }
    const std::string place =
        field.empty() ? source.place({"spec", "ref"}) : source.place({"spec", "ref", field});
    note(source_name + ", from which Flux takes the file, follows the " + shown(follows) +
         " and not the branch " + change_.branch + " (" + place + ").");
  }

  // The field comes after all files, and what is last decides.
  void look_at_ignored(const FluxObject& source) {
    std::optional<IgnoreMatch> match;
    std::string where;
    for (const std::string& directory : directories_above()) {
      const std::string file = directory.empty() ? ".sourceignore" : directory + "/.sourceignore";
      const DirectoryEntries* const listed = head_.directory(directory);
      const bool there = listed != nullptr && listed->files.contains(".sourceignore");
      const std::string* const rules = there ? head_.bytes(file) : nullptr;
      if (there && (rules == nullptr || are_too_many_rules(*rules))) {
        verdict_.is_known = false;
        return;
      }
      auto found =
          rules == nullptr ? std::nullopt : match_ignore_rules(*rules, directory, change_.file);
      if (found) {
        where = file + ":" + std::to_string(found->line);
        match = std::move(found);
      }
    }
    const std::string rules = source.text({"spec", "ignore"}).value_or("");
    if (are_too_many_rules(rules)) {
      verdict_.is_known = false;
      return;
    }
    if (auto found = match_ignore_rules(rules, "", change_.file)) {
      match = std::move(found);
      where = line_of_pattern(source, match->pattern);
    }
    if (match && match->ignored) {
      note(change_.file + " is left out of the GitRepository " + shown(recorded_.source->name) +
           " by the pattern `" + shown(match->pattern) + "` (" + where + ").");
    }
  }

  // Of the field `ignore`, which is a block of lines as a rule.
  static std::string line_of_pattern(const FluxObject& source, const std::string& pattern) {
    const std::string place = source.place({"spec", "ignore"});
    const std::string_view bytes = source.yaml().bytes();
    const auto value = source.yaml().find(source.spec(), "ignore");
    const std::size_t begin = value ? source.yaml().offset(*value) : bytes.size();
    for (std::size_t at = bytes.find(pattern, begin); at < bytes.size();
         at = bytes.find(pattern, at + 1)) {
      const std::size_t end = line_end(bytes, at);
      if (sanitize_line(bytes.substr(line_begin(bytes, at), end - line_begin(bytes, at))) ==
          sanitize_line(pattern)) {
        return source.file() + ":" + std::to_string(line_at(bytes, at));
      }
    }
    return place;
  }

  // Of the file, the root first.
  std::vector<std::string> directories_above() const {
    std::vector<std::string> above = {directory_of(change_.file)};
    while (!above.back().empty()) {
      above.push_back(directory_of(above.back()));
    }
    std::ranges::reverse(above);
    return above;
  }

  // Only on the way that was recorded.
  void look_at_images(const FluxObject& flux) {
    if (!way_is_known_) {
      return;
    }
    const bool known = !is_patched("images");
    verdict_.is_known = verdict_.is_known && known;
    const auto found = find_outer_image(head_, change_.place,
                                        {.file = change_.file,
                                         .outer = recorded_.outer,
                                         .flux = known ? &flux.yaml() : nullptr,
                                         .spec = flux.spec(),
                                         .flux_file = flux.file(),
                                         .flux_path = recorded_.path.value_or("")});
    if (!found) {
      return;
    }
    const std::string place = found->file + ":" + std::to_string(found->line);
    note(found->by_flux ? "The Flux Kustomization " + name_ + " sets the image " +
                              shown(found->image) + " itself, in its `images` (" + place + ")."
                        : "The image " + shown(found->image) + " is set again by " + place + ".");
  }

  const ChangedPlace& change_;
  const RecordedKustomization& recorded_;
  HeadFiles& head_;
  const std::string name_;
  bool way_is_known_ = true;
  Verdict verdict_;
};

}  // namespace

Verdict judge_kustomization(const ChangedPlace& change, const RecordedKustomization& recorded,
                            HeadFiles& head) {
  return Judge(change, recorded, head).judge();
}

}  // namespace engine
