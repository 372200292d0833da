// The parts of reading a manifest's facts: each reads one kind of object into ManifestSummary.
// Internal to read_manifest_summary(). For one thread.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/manifest/summary.h"
#include "engine/yaml/reader.h"

namespace engine {

// The manifest that is read and what has been found so far. Refers to both.
class SummaryContext {
 public:
  using Index = YamlReader::Index;

  SummaryContext(const YamlReader& yaml, ManifestSummary& summary)
      : yaml_(yaml), summary_(summary) {}

  const YamlReader& yaml() const { return yaml_; }
  ManifestSummary& summary() const { return summary_; }

  std::optional<std::string_view> text(Index node,
                                       std::initializer_list<std::string_view> keys) const {
    return yaml_.text(yaml_.find(node, keys));
  }
  // The first problem is kept.
  void set_problem(std::string problem) const;
  // Names and images; empty, and a problem, where they are too long.
  std::string name(std::optional<std::string_view> text) const;
  std::string image(std::optional<std::string_view> text) const;
  // Whether one more than so many images may be kept; else a problem.
  bool has_room(std::size_t images) const;
  // Whether a text of so many bytes within the manifest may be read as well, one that an alias
  // stands for counted again; else a problem.
  bool has_room_for(std::size_t bytes) const;

 private:
  std::string bounded(std::optional<std::string_view> text, std::size_t most) const;

  const YamlReader& yaml_;
  ManifestSummary& summary_;
  mutable std::size_t bytes_ = 0;  // of texts within the manifest so far
};

std::optional<std::string> unless_empty(std::string text);

// A kustomization.
void read_kustomization_facts(const SummaryContext& context, YamlReader::Index object);

// What a kustomization says of the images of others: `images`, and its patches. Also of a Flux
// Kustomization's spec.
std::vector<ImageEntry> read_images(const SummaryContext& context, YamlReader::Index object);
std::vector<ImagePatch> read_patches(const SummaryContext& context, YamlReader::Index object);

// Adds the operations of a document that is a JSON patch, as far as they may set an image; nothing
// of another document. `is_file`: the document is the root of a file, so that its values have
// places.
void read_operations(const SummaryContext& context, YamlReader::Index document, bool is_file,
                     std::vector<PatchOperation>& out);

// What a Flux Kustomization adds itself to what it applies; nothing if that is nothing. Adds to
// `patches` the fields that it sets in objects of Flux.
std::optional<KustomizationFile> read_flux_additions(const SummaryContext& context,
                                                     YamlReader::Index object, FluxFields& patches);

// More labels than an object has.
inline constexpr std::size_t kMaxPairs = 64;
// The texts of a mapping, as far as they are short; the first of more than kMaxPairs.
TextPairs read_text_pairs(const SummaryContext& context, std::optional<YamlReader::Index> mapping);

// A part of a JSON pointer, with a slash before it (RFC 6901).
std::string pointer_token(std::string_view key);

bool is_workload_kind(std::string_view api, std::string_view kind);
// An object of such a kind, or a HelmRelease. `where`: its path in the file, empty for a document.
void read_workload_facts(const SummaryContext& context, YamlReader::Index object,
                         std::string_view kind, const std::string& where);

// Where a HelmRelease's values have images. `where` as above, with what names the document.
void read_helm_facts(const SummaryContext& context, YamlReader::Index release,
                     const Workload& workload, const std::string& where);
// Whether `values.image` of a HelmRelease says what image it runs, in whatever form.
bool has_own_image(const YamlReader& yaml, YamlReader::Index release);
// How many image tags the values of a file have that is no object.
std::size_t count_tags_in_values(const YamlReader& yaml, YamlReader::Index values);
// Whether an object of a kind that is not known has an image.
bool has_image(const YamlReader& yaml, YamlReader::Index object);

// The spelling of paths: a key (in quotes unless it is a plain word); an item of a list, by its
// `name` if no other has that.
std::string spelled_key(std::string_view key);
class ItemNames {
 public:
  ItemNames(const YamlReader& yaml, std::optional<YamlReader::Index> sequence);
  std::string step(std::size_t index) const;

 private:
  std::vector<std::optional<std::string_view>> names_;  // those that are unique
};

}  // namespace engine
