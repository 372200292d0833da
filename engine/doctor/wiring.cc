#include <cstddef>
#include <set>
#include <vector>

#include "engine/base/reader_word.h"
#include "engine/config/catalog.h"
#include "engine/config/load_catalog.h"
#include "engine/doctor/checks.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// A reader would not look at more.
constexpr std::size_t kMaxShown = 5;

// What Flux applies, of all groups together.
struct Followed {
  bool is_recorded = false;     // of any group
  bool is_absent = false;       // nothing applies the file of some group
  std::set<std::string> parts;  // "follows main at ./apps, Kustomization apps, every 1m"
};

std::string shown(const std::string& text) {
  return sanitize_line(text, 200);
}

std::string part_of(const RecordedKustomization& kustomization) {
  const auto& source = kustomization.source;
  const std::string path = kustomization.path ? "./" + shown(*kustomization.path) : "a directory";
  const std::string begin =
      !source ? "applies " + path + " from a source that is not defined here"
              : "follows " + (source->branch ? shown(*source->branch) : "a tag or commit") +
                    " at " + path;
  return begin + ", Kustomization " + shown(kustomization.name) +
         (kustomization.interval ? ", every " + shown(*kustomization.interval) : "");
}

Followed followed_by(const Catalog& catalog) {
  Followed followed;
  std::set<std::string> seen;
  for (const std::string& name : catalog.service_names()) {
    const auto service = catalog.find_service(name);
    if (!service || !seen.insert(service->image_group.value_or("")).second) {
      continue;
    }
    const auto group = catalog.find_image_group(*service);
    if (!group || !group->wiring) {
      continue;
    }
    followed.is_recorded = true;
    followed.is_absent = followed.is_absent || group->wiring->absence;
    for (const RecordedKustomization& kustomization : group->wiring->kustomizations) {
      followed.parts.insert(part_of(kustomization));
    }
  }
  return followed;
}

std::string listed(const std::set<std::string>& parts) {
  std::string out;
  std::size_t count = 0;
  for (const std::string& part : parts) {
    if (count++ < kMaxShown) {
      out += (out.empty() ? "" : "; ") + part;
    }
  }
  return count <= kMaxShown ? out : out + "; and " + std::to_string(count - kMaxShown) + " more";
}

}  // namespace

DoctorCheck check_wiring(const Host& host, const DoctorFindings& findings) {
  if (!findings.rwenv_name || !findings.config_directory) {
    return skipped("wiring", findings.rwenv_name ? "envs.json" : "rwenv");
  }
  const auto catalog = load_catalog(host, *findings.config_directory, *findings.rwenv_name);
  if (!catalog || (*catalog)->service_names().empty()) {
    return skipped("wiring", "catalog");
  }
  const Followed followed = followed_by(**catalog);
  if (!followed.is_recorded) {
    return noted("wiring",
                 "The catalog does not know how Flux gets what a rollout writes, so a rollout "
                 "cannot say whether it will take effect.",
                 for_reader("Record it with {regenerate_services}."));
  }
  const std::string absence =
      followed.is_absent ? "; no Flux Kustomization applies the files of some image groups" : "";
  return in_place("wiring", followed.parts.empty()
                                ? "the Flux repository does not say what applies the catalog's "
                                  "files" +
                                      absence
                                : "Flux " + listed(followed.parts) + absence);
}

}  // namespace engine
