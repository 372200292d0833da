#include "mcp/request_state.h"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "json/parse.h"

namespace mcp {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

std::string random_key() {
  Digest key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) {
    throw std::runtime_error("no random bytes for the key of requestState");
  }
  return {key.begin(), key.end()};
}

std::string in_hexadecimal(const Digest& digest) {
  std::string text(digest.size() * 2 + 1, '\0');
  OPENSSL_buf2hexstr_ex(text.data(), text.size(), nullptr, digest.data(), digest.size(), '\0');
  text.pop_back();
  return text;
}

std::int64_t seconds(RequestState::TimePoint time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

// The seal stands first, its length is fixed, and a JSON text follows.
std::string RequestState::seal(std::string_view request, const Json& answers, TimePoint now) {
  const std::string payload =
      json::dump(Json{{"answers", answers}, {"expires", seconds(now + kLifetime)}});
  return mac(request, payload) + payload;
}

Result<Json> RequestState::open(std::string_view request, const Json& state, TimePoint now) {
  const auto* text = state.get_ptr<const std::string*>();
  if (text == nullptr) {
    return invalid_params("`requestState` is no string");
  }
  constexpr std::size_t kMacLength = std::tuple_size_v<Digest> * 2;
  const auto given = std::string_view(*text).substr(0, kMacLength);
  const auto payload = std::string_view(*text).substr(given.size());
  const std::string expected = mac(request, payload);
  if (given.size() != expected.size() ||
      CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0) {
    return invalid_params("`requestState` was not made by this server for this request");
  }
  auto parsed = json::parse(payload);
  if (!parsed || parsed->at("expires").get<std::int64_t>() < seconds(now)) {
    return invalid_params("`requestState` has expired");
  }
  return std::move(parsed->at("answers"));
}

std::string RequestState::identify(std::string_view method, const Json& params) {
  Json salient = {{"method", method}};
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
  if (key_.empty()) {
    key_ = random_key();
  }
  // As JSON both have no line break, so that their border cannot move.
  const std::string text = std::string(request) + '\n' + std::string(payload);
  Digest digest{};
  // OpenSSL takes bytes as unsigned char.
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
           nullptr) == nullptr) {
    throw std::runtime_error("the seal of requestState cannot be made");
  }
  return in_hexadecimal(digest);
}

}  // namespace mcp
