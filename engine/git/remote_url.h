// The address of a git repository as a person configured it, however it is spelled: a URL, ssh's
// short form, or a path; with or without a user, ".git" and the scheme's own port. It may hold a
// password, and what is shown of it holds none. Opens no connection and knows no configuration
// (`insteadOf`). A value, for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engine {

class RemoteUrl {
 public:
  RemoteUrl() = default;
  // Any text, without the white space around it.
  explicit RemoteUrl(std::string_view text);

  bool empty() const { return text_.empty(); }
  // For people: without userinfo and without secrets, as engine::without_userinfo() leaves it.
  std::string shown() const;
  // For git alone, which logs in with it: what is on its command line and in its configuration.
  const std::string& with_userinfo() const { return text_; }

  // Whether git takes it for the address of a repository: not for an option, nor for a remote
  // helper (`ext::sh -c ...`), and sends it nowhere in pieces.
  bool is_fit_for_git() const;
  // Whether it is one that git is allowed to use: https, http, ssh, git, file or a path.
  bool has_known_transport() const;
  // Whether it holds a password, or a token in the place of the user's name.
  bool has_password() const;
  // What is said of one that is not fit: itself in quotes where nothing in it can be a password,
  // else only what kind of text it is.
  std::string named() const;

  // True for ssh:// and for the short form, [user@]host:path.
  bool is_ssh() const;
  // True for file:// and for a path.
  bool is_local() const;
  // The path of a local one; nothing for one that is not local.
  std::optional<std::string> local_path() const;
  // Without slashes at its ends, and without ".git": "acme/flux". It holds no secret.
  std::string path() const;
  // In lower case, `[::1]` with its brackets; empty for a local one.
  std::string host() const;

  // Whether both name one repository. The host is compared without regard to case, the path
  // exactly. Ports are compared only between addresses of one scheme: one server has several for
  // several schemes.
  friend bool is_same_repository(const RemoteUrl& one, const RemoteUrl& other);

 private:
  struct Parts {
    std::string scheme;
    std::string host;
    std::string port;
    std::string path;  // without slashes at its ends, and without ".git"
  };
  static Parts read(std::string_view text);
  static void read_authority(std::string_view authority, Parts& parts);

  std::string text_;
  Parts parts_;
};

bool is_same_repository(const RemoteUrl& one, const RemoteUrl& other);

}  // namespace engine
