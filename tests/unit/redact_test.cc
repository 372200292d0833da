#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/text/text.h"

namespace {

using engine::redact;

// Text, and the part of it that nobody may see.
struct Leak {
  std::string text;
  std::string secret;
};

const std::string kHex = "0123456789abcdef0123456789abcdef01234567";
const std::string kJwt =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

// Tokens are put together here, so that no scanner takes this file for one that leaks them.
std::vector<std::string> tokens() {
  const std::string letters = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0";
  std::vector<std::string> all;
  for (const char* const prefix :
       {"ghp_",     "gho_",    "ghu_",          "ghs_",      "ghr_",    "github_pat_", "glpat-",
        "gldt-",    "glrt-",   "glsoat-",       "glcbt-",    "glptt-",  "glft-",       "glimt-",
        "glagent-", "ATBB",    "ATCTT3",        "ATATT3",    "AIzaSy",  "ya29.",       "xoxb-1-",
        "xoxp-1-",  "xoxa-2-", "xoxr-1-",       "xoxs-1-",   "xapp-1-", "npm_",        "pypi-AgEIc",
        "dop_v1_",  "sk-",     "sk-ant-api03-", "sk-proj-",  "hf_",     "sk_live_",    "rk_live_",
        "SG.abc.",  "hvs.",    "hvb.",          "dckr_pat_", "glsa_",   "whsec_",      "GOCSPX-",
        "shpat_"}) {
    all.push_back(prefix + letters);
  }
  all.push_back("AKIA" + std::string("IOSFODNN7EXAMPLE"));
  all.push_back("ASIA" + std::string("IOSFODNN7EXAMPLE"));
  all.push_back("SK" + kHex.substr(0, 32));
  all.push_back("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1");
  all.push_back(letters + letters.substr(0, 36) + "AZDO" + "abcd");
  all.push_back(kJwt);
  return all;
}

TEST(Redact, KnowsTokensByTheirForm) {
  for (const std::string& token : tokens()) {
    EXPECT_EQ(redact(token), "***") << token;
    EXPECT_EQ(redact("remote: used '" + token + "'."), "remote: used '***'.") << token;
    EXPECT_EQ(redact("x=" + token + "&y"), "x=***&y") << token;
    EXPECT_EQ(redact("_" + token + "\n"), "_***\n") << token;
  }
}

// By the prefix alone: the rest of these is not like the rest of a token.
TEST(Redact, KnowsATokenOfGitLabFromItsLeastLengthOn) {
  for (const char* const prefix : {"glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-"}) {
    EXPECT_EQ(redact(prefix + std::string(14, 'a')), "***") << prefix;
    EXPECT_EQ(redact(prefix + std::string(13, 'a')), prefix + std::string(13, 'a')) << prefix;
    EXPECT_EQ(redact(prefix + std::string("aaaaaaaaaaaaaa.01.aaaaaaa")), "***") << prefix;
  }
}

TEST(Redact, LeavesOutWhatFollowsACredentialsName) {
  const std::vector<Leak> leaks = {
      {"password=hunter2", "hunter2"},
      {"password = \"hunter2\"", "hunter2"},
      {"Password: hunter2", "hunter2"},
      {"password:hunter2", "hunter2"},
      {"passwd=hunter2;", "hunter2"},
      {"PGPASSWORD=hunter2 psql", "hunter2"},
      {"MYSQL_PWD=hunter2", "hunter2"},
      {"db_password_prod: hunter2", "hunter2"},
      {"password2=hunter2", "hunter2"},
      {"clientSecret: 'hunter2'", "hunter2"},
      {"{\"client_secret\":\"hunter2\",\"a\":1}", "hunter2"},
      {"{\\\"client_secret\\\":\\\"hunter2\\\"}", "hunter2"},
      {"{\"password\": \"hun\\\"ter2\"}", "ter2"},
      {"secret => hunter2", "hunter2"},
      {"secret := hunter2", "hunter2"},
      {"token = swordfish", "swordfish"},
      {"api key: hunter2", "hunter2"},
      {"apikey=hunter2", "hunter2"},
      {"X-API-Key: hunter2", "hunter2"},
      {"x-api-key:hunter2", "hunter2"},
      {"PRIVATE-TOKEN: hunter2", "hunter2"},
      {"curl -H 'PRIVATE-TOKEN: hunter2' https://h/", "hunter2"},
      {"X-Vault-Token: hunter2", "hunter2"},
      {"JOB-TOKEN: hunter2", "hunter2"},
      {"aws_secret_access_key = hunter2/and+more", "hunter2"},
      {"AccountKey=hunter2==;EndpointSuffix=x", "hunter2"},
      {"SharedAccessKey=hunter2", "hunter2"},
      {"//registry.example/:_authToken=hunter2", "hunter2"},
      {"_auth=hunter2", "hunter2"},
      {"grant_type=password&password=hunter2&username=ann", "hunter2"},
      {"user[password]=hunter2", "hunter2"},
      {"password%3Dhunter2", "hunter2"},
      {"  password: correct horse battery", "horse battery"},
      {"+  password: correct horse battery", "horse battery"},
      {"remote: password: correct horse battery", "horse battery"},
      {"git push --password hunter2", "hunter2"},
      {"--token=hunter2", "hunter2"},
      {"--token hunter2", "hunter2"},
      {"curl -u ann:hunter2 https://h/", "hunter2"},
      {"machine h login ann password hunter2", "hunter2"},
      {"the password is hunter2", "hunter2"},
      {"wrong password 'hunter2'", "hunter2"},
      {"<password>hunter2</password>", "hunter2"},
      {"smtp_pass=hunter2", "hunter2"},
      {"jwt=hunter2", "hunter2"},
      {"- name: DB_PASSWORD\n  value: hunter2\n", "hunter2"},
      {" - name: DB_PASSWORD\n   value: \"hunter2\"\n", "hunter2"},
      {"{\"name\":\"DB_PASSWORD\",\"value\":\"hunter2\"}", "hunter2"},
      {"\"tokens\": 1, \"token\": [\"hunter2\"]", "hunter2"},
      {"password: |\n  hunter2\n  more\n", "hunter2"},
      {" - password: >-\n     hunter2\n     hunter3\n other: x\n", "hunter3"},
  };
  for (const Leak& leak : leaks) {
    const std::string shown = redact(leak.text);
    EXPECT_EQ(shown.find(leak.secret), std::string::npos) << leak.text << " -> " << shown;
    EXPECT_NE(shown.find("***"), std::string::npos) << leak.text << " -> " << shown;
    EXPECT_EQ(redact(shown), shown) << leak.text;
  }
}

TEST(Redact, KeepsWhatStandsAroundASecret) {
  EXPECT_EQ(redact("a password=hunter2, and more"), "a password=***, and more");
  EXPECT_EQ(redact("'password=hunter2' is set"), "'password=***' is set");
  EXPECT_EQ(redact("(token: hunter2)"), "(token: ***)");
  EXPECT_EQ(redact("{\"password\": \"hunter2\", \"user\": \"ann\"}"),
            "{\"password\": \"***\", \"user\": \"ann\"}");
  EXPECT_EQ(redact("a: 1\npassword: |\n  x9\n  y9\nb: 2\n"), "a: 1\npassword: |\n  ***\nb: 2\n");
  EXPECT_EQ(redact("-H 'Authorization: Basic YTpi' https://h/x"),
            "-H 'Authorization: ***' https://h/x");
  EXPECT_EQ(redact("https://h/x?a=1&private_token=q&b=2#c"),
            "https://h/x?a=1&private_token=***&b=2#c");
  EXPECT_EQ(redact("token ghp_0123456789abcdefghij, and more"), "token ***, and more");
  EXPECT_EQ(redact("fatal: unable to access 'https://u:p@h/x/': no; see http://q@r/"),
            "fatal: unable to access 'https://h/x/': no; see http://r/");
}

TEST(Redact, LeavesOutHeadersThatProveWhoAsks) {
  for (const char* const header :
       {"Authorization: Basic YW5uOmh1bnRlcjI=", "authorization: Bearer hunter2",
        "> Proxy-Authorization: Digest username=\"ann\", response=\"hunter2\"",
        "Authorization: token hunter2 hunter2", "AUTHORIZATION=hunter2", "Cookie: a=b; c=hunter2",
        "Set-Cookie: sid=hunter2; Path=/", "{\"Authorization\": \"Bearer hunter2\"}",
        "used Bearer abcdefg12345", "used Basic YW5uOmh1bnRlcjI="}) {
    const std::string shown = redact(header);
    for (const char* const secret : {"hunter2", "YW5uOmh1bnRlcjI", "abcdefg12345"}) {
      EXPECT_EQ(shown.find(secret), std::string::npos) << shown;
    }
  }
  EXPECT_EQ(redact("Authorization: Basic x\nnext line"), "Authorization: ***\nnext line");
}

TEST(Redact, LeavesOutCredentialsInTheQueryOfAUrl) {
  for (const char* const name : {"private_token",
                                 "access_token",
                                 "token",
                                 "key",
                                 "api_key",
                                 "apikey",
                                 "password",
                                 "passwd",
                                 "pwd",
                                 "secret",
                                 "client_secret",
                                 "sig",
                                 "signature",
                                 "X-Amz-Signature",
                                 "X-Amz-Credential",
                                 "X-Amz-Security-Token",
                                 "x-goog-signature",
                                 "auth",
                                 "jwt",
                                 "code",
                                 "PRIVATE_TOKEN",
                                 "private%5Ftoken",
                                 "%70assword",
                                 "accessToken",
                                 "pass",
                                 "sessionid"}) {
    const std::string text = std::string("https://h.example/x?a=1&") + name + "=hunter2secret&z=9";
    EXPECT_EQ(redact(text), std::string("https://h.example/x?a=1&") + name + "=***&z=9");
    const std::string fragment = std::string("https://h/#") + name + "=hunter2secret";
    EXPECT_EQ(redact(fragment), std::string("https://h/#") + name + "=***");
  }
}

TEST(Redact, LeavesOutLoginsOfAddresses) {
  const std::vector<std::pair<std::string, std::string>> addresses = {
      {"https://ann:hunter2@h/x", "https://h/x"},
      {"https://hunter2@h/x", "https://h/x"},
      {"https://ann:hun@ter2@h/x", "https://h/x"},
      {"https://ann:hun/ter2@h/x", "https://h/x"},
      {"https://ann:hun#ter2@h/x", "https://h/x"},
      {"https://ann:hun?ter2@h/x", "https://h/x"},
      {"https://ann:h@unt/er2@git.example/x", "https://git.example/x"},
      {"https:/ann:hunter2@h/x", "https:/h/x"},
      {"(ann:hunter2@h/x)", "(h/x)"},
      {"ann:hunter2@git.example:x.git", "git.example:x.git"},
      {"ann:hun@ter2@git.example/x", "git.example/x"},
      {"ann:hun/ter2@git.example/x", "git.example/x"},
      {"remote=ann:hunter2@10.0.0.1", "remote=10.0.0.1"},
      {"ann@corp.example:hunter2@git.example", "ann@git.example"},
      {"https://ann:hunter2…", "https://…"},
      {"to=https%3A%2F%2Fann%3Ahunter2%40h%2Fx", "to=https%3A%2F%2Fh%2Fx"},
  };
  for (const auto& [text, expected] : addresses) {
    EXPECT_EQ(redact(text), expected);
    EXPECT_EQ(redact("a '" + text + "' b"), "a '" + expected + "' b");
  }
}

TEST(Redact, LeavesOutWhatMayPostToAChat) {
  EXPECT_EQ(redact("https://hooks.slack.com/services/T0/B0/hunter2 failed"),
            "https://hooks.slack.com/services/*** failed");
  EXPECT_EQ(redact("'https://discord.com/api/webhooks/1/hunter2'"),
            "'https://discord.com/api/webhooks/***'");
  EXPECT_EQ(redact("https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/x"),
            "https://api.telegram.org/***/x");
}

TEST(Redact, LeavesOutHexadecimalDigitsAfterToken) {
  for (const char* const before :
       {"token ", "token: ", "token=", "Token '", "GITEA_TOKEN=", "access token is ",
        "X-Token: ", "token \"", "api_token (", "token  "}) {
    for (const std::string& digits : {kHex, kHex + kHex.substr(0, 24)}) {
      const std::string shown = redact(std::string(before) + digits + " end");
      EXPECT_EQ(shown.find("0123456789abcdef"), std::string::npos) << shown;
    }
  }
}

TEST(Redact, LeavesOutPrivateKeys) {
  const std::string begin = "-----BEGIN OPENSSH PRIVATE " + std::string("KEY-----");
  const std::string end = "-----END OPENSSH PRIVATE " + std::string("KEY-----");
  EXPECT_EQ(redact("a\n" + begin + "\nb3BlbnNzaC1rZXktdjE\nAAAA\n" + end + "\nb"), "a\n***\nb");
  EXPECT_EQ(redact("x: \"" + begin + "\\nb3BlbnNz\\n" + end + "\\n\""), "x: \"***\\n\"");
  EXPECT_EQ(redact(begin + " b3BlbnNzaC1rZXktdjE0 AAAAB3Nz/x fatal: no"), "*** fatal: no");
  EXPECT_EQ(redact(" " + begin + "\n b3BlbnNzaC1rZXktdjE0\n+AAAAB3NzaC1\n"), " ***\n");
  EXPECT_EQ(redact("tls.key: |\n  " + begin + "\n  b3BlbnNzaC1rZXktdjE0"), "tls.key: |\n  ***");
  const std::string certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
  EXPECT_EQ(redact(certificate), certificate);
}

TEST(Redact, KeepsWhatPeopleNeed) {
  for (const std::string& text : std::vector<std::string>{
           "pr-42-a1b2c3d",
           "newTag: pr-42-a1b2c3d",
           "commit " + kHex,
           kHex,
           kHex + " refs/heads/main",
           "invalid token for commit " + kHex,
           "token expired at commit " + kHex,
           "key: " + kHex,
           "ghcr.io/acme/papi:pr-42-a1b2c3d@sha256:" + kHex + kHex.substr(0, 24),
           "ghcr.io/acme/token:v1.2.3",
           "image: token:1.2",
           "image: acme/auth-token:pr-42-a1b2c3d",
           "secret-service:latest",
           "registry.example:5000/acme/papi:1.0",
           "/home/ann/src/papi/.claude/rwenv",
           "apps/secret.yaml:12:3: mapping values",
           "apps/password:12:3: x",
           "the path /run/secrets/token is missing",
           "Support for password authentication was removed on August 13, 2021.",
           "remote: Invalid username or password.",
           "token expired",
           "error: token expired",
           "remote: Invalid username or token. Password authentication is not supported.",
           "fatal: could not read Password for 'https://host': terminal prompts disabled",
           "fatal: could not read Username for 'https://host': No such device or address",
           "fatal: Authentication failed for 'https://host/x/'",
           "Authorization failed",
           "remote: HTTP Basic: Access denied. The provided password or token is incorrect",
           "Enter passphrase for key '/home/ann/.ssh/id_ed25519': ",
           "password: ",
           "Permission denied (publickey,password,keyboard-interactive).",
           "git@github.com: Permission denied (publickey).",
           "Basic authentication is off",
           "secretName: papi-tls",
           "secretKeyRef:",
           "imagePullSecrets:",
           "kind: Secret",
           "automountServiceAccountToken: false",
           "existingSecret: papi-db",
           "password: ${DB_PASSWORD}",
           "token: {{ .Values.token }}",
           "--token <token>",
           "use --token to log in",
           "token: expired",
           "invalid token: not found",
           "secret: not found",
           "secrets \"papi\" is forbidden",
           "secret \"papi-db2\" not found",
           "unexpected token: foo",
           "error: unexpected token: '}'",
           "maxTokens: 4096",
           "\"secret\": {\"name\": \"x\"}",
           "exit code=1",
           "key=value",
           "key: value",
           "code: 404",
           "https://github.com/acme/flux/pull/42",
           "https://h/x?tab=readme&page=2#token",
           "https://host:8443/a@b",
           "git@host:org/x@y.git",
           "mail me@example.com",
           "Ann <ann@example.com>",
           "mailto:ann@example.com",
           "npm:lodash@4.17.21",
           "actions/checkout@v3",
           "file:///srv/x@y.git",
           "a@b:c",
           "12:30:15",
           "C:/x",
           "std::string",
           "https://[::1]:8443/x",
           "ssh://h:22/x",
           "sk-backend-service-long-name",
           "xapp-frontend-service-long",
           "pypi-server-deployment-x",
           "ASIAPacificRegionCluster",
           "Run `gh auth login`, or give the number",
           "GITHUB_TOKEN is not set",
           "GITHUB_TOKEN: not set",
           "private key: /etc/ssl/private/key.pem",
           "PWD=/home/ann",
           "flux reconcile kustomization tokens --with-source",
           "keyboard",
           "tokenizer: bpe",
           "passed: 3, failed: 2",
           "pass: 3",
           "signature: good",
           "auth: basic",
           "pin: 4"}) {
    EXPECT_EQ(redact(text), text);
    EXPECT_EQ(redact("fatal: " + text), "fatal: " + text);
  }
}

TEST(Named, QuotesWhatHasTheFormOfANameAndNoToken) {
  using engine::named;
  for (const char* const name : {"gitlab", "a.b_c-1", "helm-values", "30x", "-1", ""}) {
    EXPECT_EQ(named(name), "'" + std::string(name) + "'");
  }
  EXPECT_EQ(named("gitlab", '"'), "\"gitlab\"");
  EXPECT_EQ(named("two words"), "a text of 9 characters");
  EXPECT_EQ(named("é"), "a text of 1 character");
  EXPECT_EQ(named("https://host/x"), "a URL");
  for (const std::string& token : tokens()) {
    EXPECT_EQ(named(token).find(token.substr(0, 8)), std::string::npos) << token;
  }
  EXPECT_EQ(named(kHex), "a text of 40 characters");
}

// What a remote says can be a megabyte; each of these is one that would be looked through again and
// again from every place in it.
TEST(Redact, LongTextTakesNoLongerThanItsLength) {
  for (const char* const part : {"://a:b/",
                                 "a:b:",
                                 "token ",
                                 "token:",
                                 "password=\"",
                                 "a.",
                                 "%3a%2f%2f",
                                 "-----BEGIN PRIVATE "
                                 "KEY-----",
                                 "eyJ",
                                 "ghp_",
                                 "name: token\n",
                                 "password: |\n ",
                                 "Authorization: \"x\n",
                                 "&a",
                                 "password='&",
                                 "a@b:",
                                 "<password>",
                                 "1",
                                 "-",
                                 " ",
                                 "\n",
                                 "bot1:",
                                 "[[",
                                 "\\\""}) {
    std::string text;
    while (text.size() < 400'000) {
      text += part;
    }
    EXPECT_LE(redact(text).size(), 3 * text.size()) << part;
  }
}

}  // namespace
