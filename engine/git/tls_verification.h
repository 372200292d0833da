// Whether git verifies the certificate of an https remote (specification, section 6).
#pragma once

namespace engine {

enum class TlsVerification {
  on,   // as the user configured git
  off,  // for a gitea remote, which may have a certificate of its own
};

}  // namespace engine
