#include <algorithm>
#include <array>
#include <utility>

#include "engine/manifest/edit_plan.h"

namespace engine {
namespace {

using namespace std::string_view_literals;

// What the files that these programs encrypt begin with.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kMarks = {{
    {"\0GITCRYPT\0"sv, "git-crypt"},
    {"$ANSIBLE_VAULT;"sv, "Ansible Vault"},
    {"U2FsdGVkX1"sv, "transcrypt or openssl"},
    {"age-encryption.org/"sv, "age"},
    {"-----BEGIN AGE ENCRYPTED FILE-----"sv, "age"},
    {"-----BEGIN PGP MESSAGE-----"sv, "OpenPGP"},
}};

// What an encrypted value in a file of plain text begins with: SOPS's (and hiera-eyaml's), Ansible
// Vault's, and what others put into ASCII armour.
constexpr std::array<std::string_view, 3> kValueMarks = {"ENC[", "$ANSIBLE_VAULT;", "-----BEGIN "};

std::string elsewhere() {
  return "Keep the tag in a file that is not encrypted, and name that one.";
}

}  // namespace

std::optional<std::string_view> encrypting_program(std::string_view bytes) {
  const auto* const mark =
      std::ranges::find_if(kMarks, [&](const auto& next) { return bytes.starts_with(next.first); });
  return mark == kMarks.end() ? std::nullopt : std::optional(mark->second);
}

Failure refuse_encrypted_file(std::string_view file, std::string_view program) {
  return fail(Code::bad_manifest, std::string(file) + ":1: encrypted with " + std::string(program),
              elsewhere());
}

std::optional<Failure> refuse_sops(const YamlSourceMap& stream) {
  for (const YamlIndex document : stream.documents()) {
    for (const YamlIndex key : stream.keys(document, "sops")) {
      const YamlIndex data = stream.resolved(stream.value_of(key));
      // SOPS writes both into every file. A chart may well have values that are called `sops`.
      if (stream.find_direct(data, "mac") || stream.find_direct(data, "lastmodified")) {
        return stream.refuse(Code::bad_manifest, stream.offset(key),
                             "encrypted with SOPS, whose checksum (`mac`) any edit would break",
                             elsewhere());
      }
    }
  }
  return std::nullopt;
}

std::optional<Failure> refuse_encrypted_value(const YamlSourceMap& stream, YamlIndex value) {
  const std::string_view text = stream.text(value).value_or("");
  if (std::ranges::none_of(kValueMarks, [&](auto mark) { return text.starts_with(mark); })) {
    return std::nullopt;
  }
  return stream.refuse(Code::bad_manifest, stream.offset(value), "the value is encrypted",
                       elsewhere());
}

}  // namespace engine
