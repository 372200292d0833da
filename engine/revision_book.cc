#include "engine/revision_book.h"

#include "engine/manifest/edit.h"

namespace engine {
namespace {

RevisionFacts unknown(std::string why) {
  return {RevisionKind::unknown, std::move(why)};
}

std::string in_words(const std::optional<std::string>& tag) {
  return tag ? *tag : "no tag";
}

}  // namespace

Result<FluxRepository*> RevisionBook::repository(const CallContext& call) {
  if (!repository_) {
    auto opened = FluxRepository::open(*host_, remote_, call);
    RETURN_IF_FAILED(opened);
    repository_ = std::move(*opened);
  }
  return &*repository_;
}

RevisionFacts RevisionBook::facts(std::size_t number, const LivePlace& place,
                                  const FluxRevision& revision, const CallContext& call) {
  if (!revision.commit) {
    return unknown("it names no commit of the Flux repository");
  }
  Known& known = known_[{number, revision.commit->text()}];
  const bool may_try_again =
      known.facts.kind == RevisionKind::unknown && known.tries < kMaxTries && known.look != looks_;
  if (known.tries == 0 || may_try_again) {
    RevisionFacts found = find(number, place, *revision.commit, call);
    if (call.stop.stop_requested()) {
      return unknown("there was no time to look it up");
    }
    ++known.tries;
    known.look = looks_;
    known.facts = std::move(found);
  }
  return known.facts;
}

std::optional<CommitId> RevisionBook::find_setter(std::size_t number, FluxRepository& repository,
                                                  const LivePlace& place, const CallContext& call) {
  const auto [found, is_new] = setters_.try_emplace(number);
  if (is_new) {
    const auto history = repository.read_history(
        {.file = place.file,
         .read =
             [&](std::string_view bytes) {
               return read_image_tag(place.file.text(), bytes, place.location, call.stop);
             },
         .limit = 1},
        call);
    const bool is_ours = history && !history->changes.empty() && history->changes.front().value &&
                         history->changes.front().value->text() == place.value.image.tag;
    found->second = is_ours ? std::optional(history->changes.front().commit) : std::nullopt;
  }
  return found->second;
}

RevisionFacts RevisionBook::find(std::size_t number, const LivePlace& place, const CommitId& commit,
                                 const CallContext& call) {
  auto open = repository(call);
  if (!open) {
    return unknown(open.error().message);
  }
  FluxRepository& there = **open;
  CommitId ours = place.value.commit;
  FoundLineage found = there.lineage(commit, ours, call);
  if (!place.value.is_setter && found.lineage != Lineage::contains) {
    const auto setter = find_setter(number, there, place, call);
    if (!setter) {
      return unknown("which commit set the value is not known");
    }
    ours = *setter;
    found = there.lineage(commit, ours, call);
  }
  switch (found.lineage) {
    case Lineage::contains: {
      RevisionFacts facts = find_value(there, place, commit, call);
      if (facts.kind == RevisionKind::later && is_left(there, place, commit, call)) {
        return {RevisionKind::without_it};
      }
      return facts;
    }
    case Lineage::unknown:
      return unknown(found.problem
                         ? "it cannot be compared with " + ours.short_sha() + ": " + *found.problem
                         : "the history does not show whether it contains " + ours.short_sha());
    case Lineage::before:
    case Lineage::apart:
      break;
  }
  if (found.lineage == Lineage::apart) {
    const auto head = there.head(call);
    if (!head || there.lineage(head->commit, ours, call).lineage != Lineage::contains) {
      return unknown("the branch was rewritten, and " + ours.short_sha() + " is no longer in it");
    }
  }
  return {RevisionKind::without_it};
}

bool RevisionBook::is_left(FluxRepository& repository, const LivePlace& place,
                           const CommitId& commit, const CallContext& call) {
  const CommitId newest = place.value.seen_at.value_or(place.value.commit);
  return repository.lineage(commit, newest, call).lineage == Lineage::before;
}

RevisionFacts RevisionBook::find_value(FluxRepository& repository, const LivePlace& place,
                                       const CommitId& commit, const CallContext& call) const {
  const auto bytes = repository.bring_file(commit, place.file, call);
  if (!bytes) {
    return unknown(bytes.error().message);
  }
  const auto image = read_placed_image(place.file.text(), *bytes, place.location, call.stop);
  if (!image) {
    return unknown(image.error().message);
  }
  if (image->tag != place.value.image.tag) {
    return {RevisionKind::later, in_words(image->tag)};
  }
  return {RevisionKind::ours};
}

}  // namespace engine
