// An image reference, `[registry[:port]/]name[:tag][@digest]`, taken apart as it is written. What
// stands in braces (`${REGISTRY:=x}`, `{{ .Values.tag }}`) is one piece: a colon, a slash or an `@`
// in it means nothing here. Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace engine {

// Views into the text that was taken apart.
struct ImageReference {
  std::string_view name;                   // registry and port included
  std::optional<std::string_view> tag;     // after the colon; may be empty
  std::optional<std::string_view> digest;  // after the `@`: "sha256:..."
};

// Never fails: of a text that is no reference, everything is the name.
ImageReference split_image_reference(std::string_view text);

// Whether the text has only what a reference can have: no white space outside of braces, and no
// `://`, which an address has.
bool may_be_image_reference(std::string_view text);

// Whether a value that should be a tag is a whole reference, since a tag has neither colon nor
// slash: "repo:tag", "repo/name". A tag with a digest, "v1@sha256:...", is none.
bool is_reference_and_no_tag(std::string_view text);

// The digest of a value that should be a tag: of "v1@sha256:...", or of a digest alone.
std::optional<std::string_view> digest_of_tag(std::string_view text);

}  // namespace engine
