// What the engine found, as a caller gets it (specification, sections 3 and 7): the text that a
// person reads, and the object that the output schemas describe, which holds that text as `report`.
// Both are free of terminal control, invisible characters and secrets, and bounded in size. Pure
// functions, for any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/lookup_service.h"
#include "engine/regenerate.h"
#include "engine/resolve_tag.h"
#include "engine/rollout.h"
#include "engine/rollout_history.h"
#include "engine/rollout_status.h"
#include "json/json.h"
#include "tools/hint_words.h"

namespace tools {

// The most that one text of a result holds; what is longer is cut, and says so.
inline constexpr std::size_t kMaxText = std::size_t{256} << 10U;

// The texts, in the words of who reads them; without a newline at the end.
std::string report(const engine::ResolvedTag& resolved, Reader reader = Reader::client);
std::string report(const engine::ServiceLookup& lookup, Reader reader = Reader::client);
std::string report(const engine::RolloutResult& result, Reader reader = Reader::client);
std::string report(const engine::RegenerateResult& result, Reader reader = Reader::client);
std::string report(const engine::RolloutHistory& history, Reader reader = Reader::client);
std::string report(const engine::EnvironmentStatus& status, Reader reader = Reader::client);
// The message and, on a line of its own, the hint.
std::string report(const engine::Error& error, Reader reader = Reader::client);

// The objects, in a client's words; members that are unknown are left out.
OrderedJson structured(const engine::ResolvedTag& resolved);
OrderedJson structured(const engine::ServiceLookup& lookup);
OrderedJson structured(const engine::RolloutResult& result);
OrderedJson structured(const engine::RegenerateResult& result);
OrderedJson structured(const engine::RolloutHistory& history);
OrderedJson structured(const engine::EnvironmentStatus& status);
OrderedJson structured(const engine::Error& error);

// "flux reconcile kustomization <kustomization> [-n <namespace>] --with-source [--context
// <context>]": the namespace unless it is flux-system, which flux takes for granted; the context
// where the rwenv has one, in quotes if a shell needs them. Empty where the kustomization is
// unknown or a name is none of Kubernetes', because people paste this into a shell.
std::string reconcile_command(const engine::RolloutResult& result,
                              const engine::RolloutChange& change);

// A value from outside on one line, fit to be shown: without what is invisible and without secrets.
std::string sanitize_line(std::string_view value);

// A sentence of the engine's on one line, in the reader's words, fit to be shown.
std::string sanitize_line(std::string_view sentence, Reader reader);

// The same of each of several.
std::vector<std::string> sanitize_lines(std::vector<std::string> sentences, Reader reader);

// Text from outside, fit to be shown, at most `most` bytes and a notice.
std::string sanitize_text(std::string_view text, std::size_t most = kMaxText);

// The same for text that was put together from parts each of which is fit to be shown. It is not
// looked through again: beside each other the parts may look like what they are not ("auth-token:"
// and a file).
std::string truncate_with_notice(std::string text, std::size_t most = kMaxText);

}  // namespace tools
