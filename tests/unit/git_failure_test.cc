// Every wording of the table that was measured (and some of other builds and servers), and the
// error that it becomes.
#include "engine/git_failure.h"

#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/scripted_runner.h"

namespace {

using engine::Code;
using engine::Completion;
using engine::Error;
using engine::FluxGitRepoType;
using engine::GitStep;
using test::exited;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

GitStep step(FluxGitRepoType type = FluxGitRepoType::github) {
  return {.doing = "fetch from",
          .url = "https://user:s3cret@git.example/flux.git",
          .clone = "/config/flux-repos/dev",
          .type = type,
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

TEST(GitFailureOfGitea, AdvisesWithoutGh) {
  const Error error =
      engine::git_failure(exited(128, "", "fatal: Authentication failed for 'https://h/'"),
                          step(FluxGitRepoType::gitea));
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
  const auto code_of = [](Completion::Kind kind) {
    return engine::git_failure({kind, 9, "", "reason"}, step()).code;
  };
  EXPECT_EQ(code_of(Completion::Kind::timed_out), Code::timeout);
  EXPECT_EQ(code_of(Completion::Kind::cancelled), Code::cancelled);
  EXPECT_EQ(code_of(Completion::Kind::not_found), Code::internal);
  EXPECT_EQ(code_of(Completion::Kind::failed), Code::internal);
  EXPECT_EQ(code_of(Completion::Kind::signalled), Code::internal);
  EXPECT_EQ(engine::git_failure({Completion::Kind::timed_out, 0, "", ""}, step()).message,
            "Could not fetch from https://git.example/flux.git within 120 s; git was ended.");
  EXPECT_EQ(engine::git_failure(exited(7, ""), step()).message,
            "Could not fetch from https://git.example/flux.git: git ended with exit status 7.");
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
    there.url = url;
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
  EXPECT_FALSE(engine::nothing_was_sent({Completion::Kind::timed_out, 0, "", ""}));
  EXPECT_TRUE(engine::nothing_was_sent({Completion::Kind::not_found, 0, "", ""}));
}

TEST(SaysCloneIsBroken, DoesNotBlameTheCloneForTheNetwork) {
  EXPECT_TRUE(engine::says_clone_is_broken(exited(128, "", "fatal: bad object HEAD")));
  EXPECT_FALSE(engine::says_clone_is_broken(
      exited(128, "",
             "git@h: Permission denied (publickey).\nfatal: Could not read from remote "
             "repository.")));
  EXPECT_FALSE(engine::says_clone_is_broken(exited(129, "", "error: unknown option `no-x'")));
  EXPECT_FALSE(engine::says_clone_is_broken({Completion::Kind::timed_out, 0, "", "bad object"}));
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
