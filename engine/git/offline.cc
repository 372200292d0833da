// Takes the place of libgit2's connections in a program that contains libgit2. Git alone talks to
// remotes, and a program with these functions needs none of the libraries that libgit2 connects
// with: TLS, ssh, HTTP and Kerberos, the last of which Debian has no archive of. The names are
// libgit2's own and differ between its versions (these are those of 1.5 and 1.9); one that is
// missing here is found when the program is linked.

namespace {

constexpr int kFailed = -1;

}  // namespace

// NOLINTBEGIN(readability-identifier-naming, bugprone-reserved-identifier): libgit2 has named them
extern "C" {

// Of the transports: each fails, as one that cannot connect does.
int git_smart_subtransport_http(void** /*out*/, void* /*owner*/, void* /*parameter*/) {
  return kFailed;
}

int git_smart_subtransport_ssh(void** /*out*/, void* /*owner*/, void* /*parameter*/) {
  return kFailed;
}

int git_transport_ssh_global_init() {  // 1.5
  return 0;
}

int git_transport_ssh_libssh2_global_init() {  // 1.9
  return 0;
}

// An option of the HTTP transport, which is kept beside it.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): libgit2 sets it
bool git_http__expect_continue = false;

// Of TLS.
int git_mbedtls_stream_global_init() {
  return 0;
}

int git_mbedtls_stream_new(void** /*out*/, const char* /*host*/, const char* /*port*/) {
  return kFailed;
}

int git_mbedtls_stream_wrap(void** /*out*/, void* /*inner*/, const char* /*host*/) {
  return kFailed;
}

int git_mbedtls__set_cert_location(const char* /*file*/, const char* /*directory*/) {
  return kFailed;
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming, bugprone-reserved-identifier)
