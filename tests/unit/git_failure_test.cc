// Every wording of the table that was measured (and some of other builds and servers), and the
// error that it becomes.
#include <csignal>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/git/failure.h"
#include "engine/git/signing.h"
#include "tests/support/expect_ok.h"
#include "tests/support/scripted_runner.h"

namespace {

using engine::Code;
using engine::Error;
using engine::GitStep;
using engine::ProcessResult;
using engine::TlsVerification;
using test::exited;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

GitStep step(TlsVerification tls = TlsVerification::on) {
  return {.doing = "fetch from",
          .url = engine::RemoteUrl("https://user:s3cret@git.example/flux.git"),
          .clone = "/config/flux-repos/dev",
          .tls = tls,
          .limit = std::chrono::seconds(120)};
}

struct Row {
  const char* err;
  Code code;
  const char* hint;
};

// Names the row in the test's output.
void PrintTo(const Row& row, std::ostream* out) {  // NOLINT(readability-identifier-naming): gtest's
  *out << row.err;
}

class GitFailure : public testing::TestWithParam<Row> {};

TEST_P(GitFailure, IsRecognised) {
  const Error error = engine::git_failure(exited(128, "", GetParam().err), step());
  EXPECT_EQ(engine::name(error.code), engine::name(GetParam().code));
  EXPECT_THAT(error.hint, HasSubstr(GetParam().hint));
  EXPECT_THAT(error.message, HasSubstr("https://git.example/flux.git: "));
  EXPECT_THAT(error.message, Not(HasSubstr("s3cret")));
}

INSTANTIATE_TEST_SUITE_P(
    Measured, GitFailure,
    testing::Values(
        Row{"fatal: unable to access 'https://h/x/': server certificate verification failed. "
            "CAfile: none CRLfile: none",
            Code::tls_untrusted, "fluxGitRepoType: gitea"},
        Row{"fatal: unable to access 'https://h/x/': server verification failed: certificate "
            "signer "
            "not trusted. (CAfile: /etc/ssl/certs/ca-certificates.crt CRLfile: none)",
            Code::tls_untrusted, "fluxGitRepoType: gitea"},
        Row{"fatal: unable to access 'https://h/x/': server verification failed: certificate has "
            "expired. (CAfile: none CRLfile: none)",
            Code::tls_untrusted, "fluxGitRepoType: gitea"},
        Row{"fatal: unable to access 'https://h/x/': SSL certificate problem: unable to get local "
            "issuer certificate",
            Code::tls_untrusted, "fluxGitRepoType: gitea"},
        Row{"fatal: could not read Username for 'https://h': terminal prompts disabled",
            Code::auth_failed, "gh auth login"},
        Row{"remote: Invalid username or password.\nfatal: Authentication failed for 'https://h/'",
            Code::auth_failed, "gh auth status"},
        Row{"remote: Permission to o/x.git denied to me.\nfatal: unable to access 'https://h/x/': "
            "The requested URL returned error: 403",
            Code::auth_failed, "gh auth status"},
        Row{"fatal: unable to access 'https://h/x/': The requested URL returned error: 403",
            Code::auth_failed, "gh auth login"},
        Row{"git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            Code::auth_failed, "Use an HTTPS URL"},
        Row{"Host key verification failed.\nfatal: Could not read from remote repository.",
            Code::auth_failed, "host key of git.example"},
        Row{"@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n@@@\nHost key verification "
            "failed.",
            Code::auth_failed, "host key of git.example"},
        Row{"fatal: repository 'https://h/x/' not found", Code::remote_not_found, "fluxGitRepo"},
        Row{"remote: Not Found\nfatal: repository 'https://h/x/' not found", Code::remote_not_found,
            "fluxGitRepo"},
        Row{"ERROR: Repository not found.\nfatal: Could not read from remote repository.",
            Code::remote_not_found, "fluxGitRepo"},
        Row{"fatal: '/x' does not appear to be a git repository\nfatal: Could not read from remote "
            "repository.",
            Code::remote_not_found, "fluxGitRepo"},
        Row{"fatal: unable to access 'https://h/x/': Could not resolve host: h", Code::unreachable,
            "network"},
        Row{"fatal: unable to access 'https://h/x/': Failed to connect to h port 443",
            Code::unreachable, "network"},
        Row{"fatal: unable to access 'https://h/x/': Operation too slow. Less than 1 bytes/sec",
            Code::unreachable, "network"},
        Row{"fatal: unable to access 'https://h/x/': The requested URL returned error: 503",
            Code::unreachable, "answers, but with an error"},
        Row{"fatal: unable to access 'https://h/x/': The requested URL returned error: 429",
            Code::unreachable, "answers, but with an error"},
        Row{"ssh: Could not resolve hostname h: Name or service not known", Code::unreachable,
            "network"},
        Row{"ssh: connect to host h port 22: Connection refused", Code::unreachable, "network"},
        Row{"ssh: connect to host h port 22: Connection timed out", Code::unreachable, "network"},
        Row{"error: cannot run ssh: No such file or directory\nfatal: unable to fork",
            Code::unreachable, "ssh client"},
        Row{"error: cannot run my-ssh: No such file or directory\nfatal: unable to fork",
            Code::unreachable, "ssh client"},
        Row{"ssh -o BatchMode=yes: 1: ssh: not found\nfatal: Could not read from remote "
            "repository.",
            Code::unreachable, "ssh client"},
        Row{"fatal: Could not read from remote repository.\nssh -o BatchMode=yes: line 1: ssh: "
            "command not found",
            Code::unreachable, "ssh client"},
        Row{"'/opt/my ssh' -o BatchMode=yes: 1: /opt/my ssh: not found\nfatal: Could not read from "
            "remote repository.",
            Code::unreachable, "ssh client"},
        Row{"bash: line 1: git-upload-pack: command not found\nfatal: Could not read from remote "
            "repository.",
            Code::unreachable, "finds no git there"},
        Row{"zsh:1: command not found: git-receive-pack\nfatal: Could not read from remote "
            "repository.",
            Code::unreachable, "finds no git there"},
        Row{"send-pack: unexpected disconnect while reading sideband packet\nfatal: the remote end "
            "hung up unexpectedly",
            Code::unreachable, "network"},
        Row{"fatal: couldn't find remote ref refs/heads/main", Code::branch_not_found,
            "git ls-remote"},
        Row{"fatal: Unable to create '/c/.git/index.lock': File exists.", Code::locked,
            "Another git"},
        Row{"fatal: write error: No space left on device", Code::disk_full,
            "/config/flux-repos/dev"},
        Row{"fatal: unable to write loose object file: File too large", Code::disk_full,
            "/config/flux-repos/dev"},
        Row{"fatal: Unable to create '/c/.git/index.lock': No space left on device",
            Code::disk_full, "/config/flux-repos/dev"},
        Row{"fatal: sha1 file '/c/.git/index.lock' write error. Out of diskspace", Code::disk_full,
            "/config/flux-repos/dev"},
        Row{"error: file write error (Disk quota exceeded)\nfatal: unable to write",
            Code::disk_full, "quota"},
        Row{"error: --shallow-file died of signal 25\nfatal: unpack-objects failed",
            Code::disk_full, "/config/flux-repos/dev"},
        Row{"fatal: detected dubious ownership in repository at '/x'", Code::internal,
            "safe.directory"},
        Row{"Author identity unknown\n\n*** Please tell me who you are.", Code::no_identity,
            "user.email"},
        Row{"fatal: mismatched algorithms: client sha1; server sha256", Code::internal, "SHA-256"},
        Row{"fatal: transport 'ext' not allowed", Code::bad_config, "fluxGitRepo"},
        Row{"fatal: bad config line 3 in file /h/.gitconfig", Code::bad_config, "configuration"},
        Row{"fatal: something new", Code::internal, ""}));

// What remotes say of a refusal, the code, a part of the hint, and what must not be advised.
struct Reason {
  const char* err;
  Code code;
  const char* words;
  const char* hint;
  const char* not_hint = "There is no such advice.";
};

void PrintTo(const Reason& reason, std::ostream* out) {  // NOLINT(readability-identifier-naming)
  *out << reason.err;
}

class ReasonOfRemote : public testing::TestWithParam<Reason> {};

TEST_P(ReasonOfRemote, IsInTheMessageAndTheHintFits) {
  const Error error = engine::git_failure(exited(128, "", GetParam().err), step());
  EXPECT_EQ(engine::name(error.code), engine::name(GetParam().code));
  EXPECT_THAT(error.message, HasSubstr(GetParam().words));
  EXPECT_THAT(error.message, Not(HasSubstr("====")));
  EXPECT_THAT(error.hint, AllOf(HasSubstr(GetParam().hint), Not(HasSubstr(GetParam().not_hint))));
}

#define HTTP_ERROR(status) \
  "\nfatal: unable to access 'https://h/x/': The requested URL returned error: " status

INSTANTIATE_TEST_SUITE_P(
    Known, ReasonOfRemote,
    testing::Values(
        Reason{
            "remote: The `acme' organization has enabled or enforced SAML SSO. To access\n"
            "remote: this repository, visit https://github.com/orgs/acme/sso?authorization_request"
            "=A and try your request again." HTTP_ERROR("403"),
            Code::auth_failed, "this repository, visit https://github.com/orgs/acme/sso",
            "single sign-on"},
        Reason{"ERROR: The `acme' organization has enabled or enforced SAML SSO.\n"
               "To access this repository, you must re-authorize the OAuth Application 'git'.\n"
               "fatal: Could not read from remote repository.\n\nPlease make sure you have the "
               "correct access rights\nand the repository exists.",
               Code::auth_failed, "you must re-authorize the OAuth Application", "single sign-on"},
        Reason{"remote: This repository was archived so it is read-only." HTTP_ERROR("403"),
               Code::rejected, "was archived so it is read-only", "unarchived", "gh auth"},
        Reason{
            "ERROR: This repository was archived so it is read-only.\nfatal: Could not read from "
            "remote repository.",
            Code::rejected, "was archived so it is read-only", "unarchived", "ssh"},
        Reason{"remote: The repository owner has an IP allow list enabled, and 192.0.2.1 is not "
               "permitted to access this repository." HTTP_ERROR("403"),
               Code::auth_failed, "192.0.2.1 is not permitted", "VPN", "gh auth"},
        Reason{
            "remote: Your account is suspended. Please visit https://support.example." HTTP_ERROR(
                "403"),
            Code::auth_failed, "Your account is suspended", "says why"},
        Reason{
            "remote: TF401019: The Git repository with name or identifier flux does not exist or "
            "you do not have permissions for the operation you are attempting.\n"
            "fatal: repository 'https://dev.azure.com/a/p/_git/flux/' not found",
            Code::remote_not_found, "TF401019: The Git repository", "your account may see"},
        Reason{
            "remote: \nremote: ========================================\nremote: ERROR: The "
            "project you were looking for could not be found or you don't have permission to view "
            "it.\nremote: ========================================\nfatal: Could not read from "
            "remote repository.",
            Code::remote_not_found, "or you don't have permission", "your account may see"},
        Reason{"remote: This project has moved to https://git.example/new." HTTP_ERROR("410"),
               Code::remote_not_found, "has moved to https://git.example/new", "no longer has"},
        Reason{"remote: Unavailable for legal reasons." HTTP_ERROR("451"), Code::remote_not_found,
               "legal reasons", "no longer has"},
        Reason{"remote: The header is malformed." HTTP_ERROR("400"), Code::unreachable,
               "header is malformed", "http.extraHeader", "try again later"},
        Reason{"remote: Try again in an hour: rate limit." HTTP_ERROR("403"), Code::unreachable,
               "in an hour", "try again later"},
        Reason{"fatal: unable to access 'https://h/x/': Received HTTP code 407 from proxy after "
               "CONNECT",
               Code::unreachable, "407", "http.proxy"},
        Reason{"fatal: unable to access 'https://h/x/': CONNECT tunnel failed, response 407",
               Code::unreachable, "407", "http.proxy"},
        Reason{"fatal: unable to access 'http://h/x/': The requested URL returned error: 407",
               Code::unreachable, "407", "http.proxy"},
        Reason{"fatal: https://h/x/info/refs not valid: is this a git repository?",
               Code::remote_not_found, "not valid", "a web page"},
        Reason{"warning: redirecting to https://h/users/sign_in/\n"
               "fatal: https://h/users/sign_in/info/refs not valid: is this a git repository?",
               Code::auth_failed, "not valid", "a login page"},
        Reason{
            "fatal: unable to update url base from redirection:\n  asked for: "
            "https://h/x/info/refs?service=git-upload-pack\n   redirect: https://sso.h/login?n=1",
            Code::auth_failed, "redirect: https://sso.h/login", "a login page"},
        Reason{"fatal: protocol error: bad line length character: Welc", Code::remote_not_found,
               "Welc", "a shell that prints a greeting"},
        Reason{"fatal: the receiving end does not support push options\nfatal: the remote end hung "
               "up unexpectedly",
               Code::rejected, "does not support push options", "^push"}));

#undef HTTP_ERROR

// The line of the one that gave up, and of the other that noticed, come in any order.
TEST(GitFailure, OfTheGitHereIsToldInAnyOrderOfTheLines) {
  struct Case {
    const char* why;
    Code code;
  };
  for (const Case& expected :
       {Case{"fatal: the receiving end does not support --signed push", Code::sign_failed},
        Case{"fatal: failed to sign the push certificate", Code::sign_failed},
        Case{"fatal: something of our own", Code::internal}}) {
    const std::string hung_up = "fatal: the remote end hung up unexpectedly";
    const std::string pushed = "error: failed to push some refs to 'https://h/x'";
    for (const std::string& err :
         {std::string(expected.why), expected.why + ("\n" + hung_up), hung_up + "\n" + expected.why,
          hung_up + "\n" + expected.why + "\n" + pushed,
          pushed + "\n" + expected.why + "\n" + hung_up}) {
      const Error error = engine::git_failure(exited(128, "", err), step());
      EXPECT_EQ(engine::name(error.code), engine::name(expected.code)) << err;
      EXPECT_THAT(error.message, testing::EndsWith(expected.why)) << err;
    }
  }
}

TEST(GitFailure, IsAboutAccessWhereOnlyTheRemoteSaysSo) {
  const Error error = engine::git_failure(exited(128, "",
                                                 "remote: Write access to repository not granted.\n"
                                                 "fatal: the remote end hung up unexpectedly"),
                                          step());
  EXPECT_EQ(engine::name(error.code), engine::name(Code::auth_failed));
  EXPECT_THAT(error.message, HasSubstr("Write access to repository not granted"));
}

TEST(GitFailure, OfSigningAPushNamesTheSetting) {
  const Error error = engine::git_failure(
      exited(128, "",
             "error: gpg failed to sign the data\nfatal: failed to sign the push certificate\n"
             "fatal: the remote end hung up unexpectedly"),
      step());
  EXPECT_THAT(error.hint, HasSubstr("push.gpgSign"));
}

// Of what a connection that broke leaves, none is a reason of its own.
TEST(GitFailure, OfAConnectionThatBrokeIsNotOurs) {
  for (const char* const err :
       {"error: 8628 bytes of body are still expected\nfatal: early EOF\nfatal: fetch-pack: "
        "invalid "
        "index-pack output\nfetch-pack: unexpected disconnect while reading sideband packet",
        "fatal: expected flush after ref listing\nfatal: the remote end hung up unexpectedly",
        "fatal: protocol error: bad pack header\nfatal: the remote end hung up unexpectedly",
        "error: inflate: data stream error (unknown compression method)\nfatal: serious inflate "
        "inconsistency\nfatal: index-pack failed\nfatal: the remote end hung up unexpectedly"}) {
    EXPECT_EQ(engine::git_failure(exited(128, "", err), step()).code, Code::unreachable) << err;
  }
}

// Words that are reasons only in what the remote says.
TEST(GitFailure, IsNotReadFromUrlsAndGreetings) {
  EXPECT_EQ(
      engine::git_failure(exited(128, "",
                                 "fatal: unable to access 'https://h/is archived sso/': Could not "
                                 "resolve host: h"),
                          step())
          .code,
      Code::unreachable);
  EXPECT_EQ(
      engine::git_failure(exited(128, "",
                                 "Your IP address has been logged.\ngit@h: Permission denied "
                                 "(publickey).\nfatal: Could not read from remote repository."),
                          step())
          .message,
      "Could not fetch from https://git.example/flux.git: git@h: Permission denied "
      "(publickey).");
}

TEST(GitFailureOfGitea, AdvisesWithoutGh) {
  const Error error = engine::git_failure(
      exited(128, "", "fatal: Authentication failed for 'https://h/'"), step(TlsVerification::off));
  EXPECT_EQ(error.code, Code::auth_failed);
  EXPECT_THAT(error.hint, AllOf(HasSubstr("credentials for git.example"), Not(HasSubstr("gh "))));
}

TEST(GitFailure, ShowsTheTellingLineWithoutSecretsOrControls) {
  const Error error = engine::git_failure(
      exited(128, "",
             "hint: noise\nfatal: unable to access 'https://u:t0ken@h/x/': \x1b[31mCould not "
             "resolve host: h\x1b[0m\n"),
      step());
  EXPECT_EQ(error.message,
            "Could not fetch from https://git.example/flux.git: fatal: unable to access "
            "'https://h/x/': Could not resolve host: h");
}

TEST(GitFailure, TellsHowGitEnded) {
  const auto code_of = [](ProcessResult::Kind kind) {
    return engine::git_failure({kind, 9, "", "reason"}, step()).code;
  };
  EXPECT_EQ(code_of(ProcessResult::Kind::timed_out), Code::timeout);
  EXPECT_EQ(code_of(ProcessResult::Kind::cancelled), Code::cancelled);
  EXPECT_EQ(code_of(ProcessResult::Kind::not_found), Code::internal);
  EXPECT_EQ(code_of(ProcessResult::Kind::failed), Code::internal);
  EXPECT_EQ(code_of(ProcessResult::Kind::lost), Code::internal);
  EXPECT_EQ(code_of(ProcessResult::Kind::signalled), Code::internal);
  EXPECT_EQ(engine::git_failure({ProcessResult::Kind::timed_out, 0, "", ""}, step()).message,
            "Could not fetch from https://git.example/flux.git within 120 s; git was ended.");
  EXPECT_EQ(engine::git_failure(exited(7, ""), step()).message,
            "Could not fetch from https://git.example/flux.git: git ended with exit status 7.");
}

TEST(GitFailure, OfGitThatWroteToAClosedConnectionIsTheRemotes) {
  const Error error =
      engine::git_failure({ProcessResult::Kind::signalled, SIGPIPE, "", ""}, step());
  EXPECT_EQ(error.code, Code::unreachable);
  EXPECT_EQ(error.message,
            "Could not fetch from https://git.example/flux.git: the remote closed the connection.");
}

TEST(GitFailure, OfSshIsToldInItsOwnWords) {
  const Error error = engine::git_failure(
      exited(128, "",
             "Warning: Permanently added 'h' to the list of known hosts.\r\n"
             "/h/.ssh/config: line 2: Bad configuration option: nosuchoption\r\n"
             "/h/.ssh/config: terminating, 1 bad configuration options\r\n"
             "fatal: Could not read from remote repository.\n"),
      step());
  EXPECT_EQ(error.code, Code::unreachable);
  EXPECT_THAT(error.message, testing::EndsWith("line 2: Bad configuration option: nosuchoption"));
}

TEST(GitFailure, IsNotWhatGitOnlyWarnsOf) {
  const Error error = engine::git_failure(
      exited(1, "",
             "warning: unable to access '/h/.config/git/attributes': Permission denied\n"
             "error: failed to push some refs to 'x'\n"),
      step());
  EXPECT_EQ(error.code, Code::internal);
  EXPECT_THAT(error.message, HasSubstr("failed to push"));
}

TEST(GitFailure, OfTheRemotesDiskIsNotOurs) {
  const Error error = engine::git_failure(
      exited(1, "", "remote: fatal: No space left on device\nerror: remote unpack failed: x\n"),
      step());
  EXPECT_EQ(error.code, Code::internal);
}

// The git at the other end of ssh writes to the same stderr.
TEST(GitFailure, OfAFullDiskIsTheRemotesWhereItNamesTheRemotesFile) {
  const auto is_remotes = [](const std::string& path, const char* url) {
    engine::GitStep there = step();
    there.url = engine::RemoteUrl(url);
    return engine::is_full_disk_of_remote(
        exited(128, "", "fatal: Unable to create '" + path + "': No space left on device"), there);
  };
  EXPECT_TRUE(is_remotes("/no/such/directory/flux.git/shallow_1", "ssh://h/flux.git"));
  EXPECT_TRUE(is_remotes("/tmp/flux.git/shallow_1", "file:///tmp/flux.git"));
  EXPECT_TRUE(is_remotes("/tmp/flux.git/shallow_1", "/tmp/flux.git"));
  EXPECT_FALSE(is_remotes(step().clone.string() + "/.git/index.lock", "ssh://h/flux.git"));
  EXPECT_FALSE(is_remotes("/tmp/file", "ssh://h/flux.git"));
  EXPECT_FALSE(engine::is_full_disk_of_remote(
      exited(128, "", "fatal: write error: No space left on device"), step()));
}

TEST(GitFailure, ThatIsNotKnownHasTheRemotesWordsToo) {
  const Error error = engine::git_failure(
      exited(128, "", "remote: the disk is on fire\nfatal: something new\n"), step());
  EXPECT_EQ(error.code, Code::internal);
  EXPECT_THAT(error.message, HasSubstr(": fatal: something new the disk is on fire"));
}

TEST(GitFailure, ThatWroteNothingIsToldFromOthers) {
  for (const char* const words :
       {"error: cannot update ref 'refs/x': couldn't write '/c/.git/refs/x.lock'",
        "error: cannot lock ref 'refs/x': unable to create directory for /c/.git/refs/x",
        "error: unable to write file apps/k.yaml", "fatal: Could not write new index file.",
        "fatal: cannot create directory at 'apps'"}) {
    EXPECT_TRUE(engine::says_it_could_not_write(exited(128, "", words))) << words;
  }
  EXPECT_FALSE(engine::says_it_could_not_write(exited(128, "", "fatal: bad object 0123")));
}

TEST(NothingWasSent, IsTrueOnlyBeforeTheConversationBegan) {
  const auto sent_nothing = [](const char* err) {
    return engine::nothing_was_sent(exited(128, "", err));
  };
  EXPECT_TRUE(sent_nothing("fatal: Authentication failed for 'https://h/'"));
  EXPECT_TRUE(sent_nothing("fatal: unable to access 'x': Could not resolve host: h"));
  EXPECT_TRUE(sent_nothing("ssh: connect to host h port 22: Connection timed out"));
  EXPECT_FALSE(sent_nothing("fatal: the remote end hung up unexpectedly"));
  EXPECT_FALSE(sent_nothing("Read from remote host h: Connection timed out"));
  EXPECT_FALSE(sent_nothing("remote: Connection refused\nfatal: the remote end hung up"));
  // The connection broke after the pack went out; the second one, over which git's HTTP sends it
  // again, does not come about.
  EXPECT_FALSE(
      sent_nothing("error: RPC failed; HTTP 0 curl 7 Failed to connect to h port 443\n"
                   "fatal: the remote end hung up unexpectedly"));
  EXPECT_FALSE(sent_nothing("something new"));
  EXPECT_FALSE(engine::nothing_was_sent({ProcessResult::Kind::timed_out, 0, "", ""}));
  EXPECT_FALSE(engine::nothing_was_sent({ProcessResult::Kind::lost, 0, "", ""}));
  EXPECT_TRUE(engine::nothing_was_sent({ProcessResult::Kind::not_found, 0, "", ""}));
}

TEST(IndicatesCorruptClone, DoesNotBlameTheCloneForTheNetwork) {
  EXPECT_TRUE(engine::indicates_corrupt_clone(exited(128, "", "fatal: bad object HEAD")));
  EXPECT_FALSE(engine::indicates_corrupt_clone(
      exited(128, "",
             "git@h: Permission denied (publickey).\nfatal: Could not read from remote "
             "repository.")));
  EXPECT_FALSE(engine::indicates_corrupt_clone(exited(129, "", "error: unknown option `no-x'")));
  EXPECT_FALSE(
      engine::indicates_corrupt_clone({ProcessResult::Kind::timed_out, 0, "", "bad object"}));
}

TEST(IndicatesCorruptClone, HeedsGitsOwnLinesAlone) {
  for (const char* const line :
       {"error: object file .git/objects/ab/cd is empty", "fatal: bad object HEAD",
        "error: refs/heads/main does not point to a valid object!\nfatal: bad object HEAD",
        "remote: all is well\nfatal: unable to read tree (0123)"}) {
    EXPECT_TRUE(engine::indicates_corrupt_clone(exited(128, "", line))) << line;
  }
  for (const char* const line :
       {"remote: fatal: bad object HEAD\nfatal: something new",
        "remote: the repository is corrupt, broken; unable to find it",
        "ERROR: the index file is broken\nfatal: something new",
        "fatal: remote error: upload-pack: bad object 0123",
        "fatal: remote error: no\nerror: unable to find its object file\nfatal: it is corrupt",
        "warning: unable to read its object file", "bad object HEAD"}) {
    EXPECT_FALSE(engine::indicates_corrupt_clone(exited(128, "", line))) << line;
  }
}

TEST(SaysOtherGitIsAtWork, KnowsLocksAndMovedRefs) {
  EXPECT_TRUE(engine::says_other_git_is_at_work(
      exited(1, "",
             "error: cannot lock ref 'refs/remotes/origin/main': Unable to create "
             "'/c/.git/refs/remotes/origin/main.lock': File exists.")));
  EXPECT_TRUE(engine::says_other_git_is_at_work(
      exited(1, "", "error: cannot lock ref 'refs/x': is at 1 but expected 2")));
  EXPECT_FALSE(engine::says_other_git_is_at_work(exited(128, "", "fatal: bad object HEAD")));
}

TEST(GitFailure, OfSshIsToldInItsOwnWordsInAnyOrder) {
  const Error error = engine::git_failure(
      exited(
          128, "",
          "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct "
          "access rights\nand the repository exists.\nclient_loop: send disconnected: x\n"
          "kex_exchange_identification: banner line contains invalid characters\n"),
      step());
  EXPECT_EQ(error.code, Code::unreachable);
  EXPECT_THAT(error.message, HasSubstr("kex_exchange_identification"));
}

TEST(NothingWasSent, IsFalseWhereTheAnswerToAPushMayBeMeant) {
  for (const char* const err :
       {"fatal: protocol error: bad line length character: <htm",
        "error: RPC failed; HTTP 400 curl 22 The requested URL returned error: 400",
        "error: RPC failed; HTTP 407 curl 22 The requested URL returned error: 407",
        "error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502\n"
        "send-pack: unexpected disconnect while reading sideband packet\n"
        "fatal: the remote end hung up unexpectedly",
        "fatal: something of our own\nfatal: the remote end hung up unexpectedly"}) {
    EXPECT_FALSE(engine::nothing_was_sent(exited(128, "", err))) << err;
  }
  EXPECT_TRUE(engine::nothing_was_sent(exited(
      128, "",
      "fatal: the remote end hung up unexpectedly\nfatal: the receiving end does not support "
      "--signed push")));
}

TEST(SignedCommit, ThatIsCancelledIsNoFailureOfTheSigner) {
  const ProcessResult cancelled{.kind = ProcessResult::Kind::cancelled};
  EXPECT_TRUE(test::fails(engine::signed_commit(cancelled, engine::git_failure(cancelled, step())),
                          Code::cancelled));
}

TEST(RemoteWords, AreCleanAndWithoutNoise) {
  EXPECT_THAT(engine::remote_words("remote: Resolving deltas: 100% (1/1), done.        \n"
                                   "remote: . Processing 1 references        \n"
                                   "remote: Processed 1 references in total\n"
                                   "remote: \n"
                                   "remote: \x1b[1mBypassed\x1b[m rule, see https://u:p@h/x   \n"
                                   "To https://h/x\n"),
              ElementsAre("Bypassed rule, see https://h/x"));
  EXPECT_THAT(engine::remote_words(""), IsEmpty());
}

}  // namespace
