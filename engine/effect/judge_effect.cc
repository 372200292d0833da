#include "engine/effect/judge_effect.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "engine/effect/flux_object.h"
#include "engine/effect/judge_kustomization.h"
#include "engine/effect/place_notes.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// More notes than a person reads.
constexpr std::size_t kMaxNotes = 5;
constexpr std::size_t kMaxBeginnings = 3;

// Whether nothing has changed since no Flux Kustomization applied the file, and where Flux begins.
Verdict judge_absence(const ChangeInQuestion& change, const RecordedAbsence& absence,
                      HeadFiles& head) {
  for (const auto& [path, id] : absence.directories) {
    const DirectoryEntries* const directory = head.directory(path);
    if (directory == nullptr || directory->id != id) {
      return {.is_known = false, .notes = {}};
    }
  }
  std::string beginnings;
  for (std::size_t i = 0; i < absence.entries.size(); ++i) {
    const RecordedKustomization& entry = absence.entries[i];
    const auto flux = FluxObject::find(entry.file, head.yaml(entry.file), "Kustomization",
                                       entry.name, entry.namespace_name);
    if (!flux) {
      return {.is_known = false, .notes = {}};
    }
    if (i < kMaxBeginnings) {
      beginnings += (i == 0 ? "" : ", ") +
                    sanitize_line(flux->text({"spec", "path"}).value_or("./"), 200) + " (" +
                    flux->place({"spec", "path"}) + ")";
    }
  }
  if (absence.entries.empty()) {
    return {.is_known = false, .notes = {}};
  }
  const std::size_t shown = std::min(absence.entries.size(), kMaxBeginnings);
  const std::size_t more = absence.entries.size() - shown;
  return {.notes = {"No Flux Kustomization applies " + change.file + ": Flux begins at " +
                    beginnings + (more == 0 ? "" : " and at " + std::to_string(more) + " more") +
                    ", and nothing from there on leads to it."}};
}

Effect judge_wiring(const ChangeInQuestion& change, HeadFiles& head) {
  Effect effect;
  const ChangedPlace place{change.file, change.place, change.repository, change.branch};
  std::vector<Verdict> verdicts;
  for (const RecordedKustomization& recorded : change.wiring.kustomizations) {
    verdicts.push_back(judge_kustomization(place, recorded, head));
    if (verdicts.back().is_known && verdicts.back().notes.empty()) {
      effect.followed = Effect::Followed::yes;
      return effect;
    }
  }
  if (verdicts.empty() && change.wiring.absence) {
    verdicts.push_back(judge_absence(change, *change.wiring.absence, head));
  }
  const bool all_proven = !verdicts.empty() && std::ranges::none_of(verdicts, [](const auto& one) {
    return one.notes.empty();
  });
  if (!all_proven) {
    return effect;
  }
  effect.followed = Effect::Followed::no;
  for (const Verdict& verdict : verdicts) {
    for (const std::string& sentence : verdict.notes) {
      if (effect.notes.size() < kMaxNotes &&
          std::ranges::find(effect.notes, sentence) == effect.notes.end()) {
        effect.notes.push_back(sentence);
      }
    }
  }
  return effect;
}

}  // namespace

Effect judge_effect(const ChangeInQuestion& change, HeadFiles& head) {
  Effect effect = judge_wiring(change, head);
  for (std::string& sentence : place_notes(change.file, change.edit)) {
    effect.notes.push_back(std::move(sentence));
  }
  return effect;
}

}  // namespace engine
