#include "engine/git/handles.h"

#include <array>
#include <mutex>

#include "engine/git/memory.h"

// libgit2 as Debian builds it, with mbedTLS, parses every certificate authority of the machine when
// it starts, which takes longer than all else that a rollout does before its push. Here git alone
// talks to remotes, so this takes the place of mbedTLS's function: libgit2 then trusts nobody.
// NOLINTNEXTLINE(readability-identifier-naming): the name is mbedTLS's
extern "C" int mbedtls_x509_crt_parse_file(void* /*chain*/, const char* /*path*/) {
  constexpr int kFileError = -0x2900;  // MBEDTLS_ERR_X509_FILE_IO_ERROR
  return kFileError;
}

namespace engine {

void start_libgit2() {
  static std::once_flag started;
  std::call_once(started, [] {
    install_git_memory_limit();
    git_libgit2_init();
    for (const git_config_level_t level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                                           GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    std::array<const char*, 3> extensions = {"partialclone", "worktreeconfig", "preciousobjects"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions.data(), extensions.size());
  });
}

GitRepository open_clone(const std::filesystem::path& clone) {
  start_libgit2();
  return git_new<GitRepository>(git_repository_open_bare, (clone / ".git").c_str());
}

std::string hex_of(const git_oid& oid) {
  std::string hex(GIT_OID_HEXSZ, '\0');
  git_oid_fmt(hex.data(), &oid);
  return hex;
}

std::string last_git_error() {
  const git_error* error = git_error_last();
  return error == nullptr || error->message == nullptr ? "unknown error" : error->message;
}

}  // namespace engine
