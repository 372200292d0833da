#include "mcp/request_state.h"

#include <array>
#include <ctime>
#include <stdexcept>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "json/parse.h"
#include "mcp/protocol.h"

namespace mcp {

// The seal stands first, its length is fixed, and a JSON text follows.
std::string RequestState::seal(std::string_view request, const Json& answers, TimePoint now) {
  const std::string payload = json::dump(
      Json{{"answers", answers}, {"expires", TimePoint::clock::to_time_t(now + kLifetime)}});
  return mac(request, payload) + payload;
}

Json RequestState::open(std::string_view request, const Json& state, TimePoint now) {
  const auto* text = state.get_ptr<const std::string*>();
  require(text != nullptr, "`requestState` is no string");
  constexpr std::size_t kMacLength = std::size_t{SHA256_DIGEST_LENGTH} * 2;
  const auto given = std::string_view(*text).substr(0, kMacLength);
  const auto payload = std::string_view(*text).substr(given.size());
  const std::string expected = mac(request, payload);
  require(given.size() == expected.size() &&
              CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0,
          "`requestState` was not made by this server for this request");
  auto parsed = json::parse(payload);
  require(parsed && parsed->at("expires").get<std::time_t>() >= TimePoint::clock::to_time_t(now),
          "`requestState` has expired");
  return std::move(parsed->at("answers"));
}

std::string RequestState::identify(std::string_view method, const Json& params) {
  Json salient = {{"method", method}, {"arguments", Json::object()}};  // none are as empty ones
  for (const char* key : {"name", "uri", "arguments"}) {
    if (const Json* value = member(params, key)) {
      salient[key] = *value;
    }
  }
  return json::dump(salient);
}

std::string RequestState::mac(std::string_view request, std::string_view payload) {
  if (key_.empty() && make_key_) {
    key_ = make_key_();
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  if (key_.empty() && RAND_bytes(digest.data(), static_cast<int>(digest.size())) == 1) {
    key_.assign(digest.begin(), digest.end());
  }
  // As JSON both have no line break, so that their border cannot move.
  const std::string text = std::string(request) + '\n' + std::string(payload);
  // OpenSSL takes bytes as unsigned char.
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (key_.empty() || HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes,
                           text.size(), digest.data(), nullptr) == nullptr) {
    throw std::runtime_error("requestState cannot be sealed");
  }
  std::string hexadecimal(digest.size() * 2 + 1, '\0');
  OPENSSL_buf2hexstr_ex(hexadecimal.data(), hexadecimal.size(), nullptr, digest.data(),
                        digest.size(), '\0');
  hexadecimal.pop_back();
  return hexadecimal;
}

}  // namespace mcp
