#include "mcp/request_state.h"

#include <algorithm>
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

constexpr std::size_t kKeyBytes = 32;

const unsigned char* bytes(std::string_view text) {
  // OpenSSL takes bytes as unsigned char.
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Base64 with the URL alphabet and without padding (RFC 4648 section 5).
std::string encode(std::string_view data) {
  std::string out((data.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes(data),
                                   static_cast<int>(data.size()));
  out.resize(static_cast<std::size_t>(size));
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  out.erase(std::min(out.find('='), out.size()));
  return out;
}

// What encode() has made; "" if it has not.
std::string decode(std::string text) {
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  std::string out(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes(text),
                                   static_cast<int>(text.size()));
  out.resize(size < 0 ? 0 : static_cast<std::size_t>(size) - padding);
  return out;
}

std::string random_key() {
  std::array<unsigned char, kKeyBytes> key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) {
    throw std::runtime_error("no random bytes for the key of requestState");
  }
  return {key.begin(), key.end()};
}

std::int64_t seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

tl::unexpected<RpcError> refused(std::string_view why) {
  return tl::unexpected(
      RpcError{ErrorCode::invalid_params, "Invalid params: `requestState` " + std::string(why)});
}

}  // namespace

RequestState::RequestState(std::function<std::string()> key) : make_key_(std::move(key)) {}

std::string RequestState::seal(std::string_view request, const Json& answers,
                               std::chrono::system_clock::time_point now) {
  const Json payload = {
      {"request", request}, {"answers", answers}, {"expires", seconds(now + kLifetime)}};
  const std::string text = encode(json::dump(payload));
  return text + "." + tag(text);
}

Result<Json> RequestState::open(std::string_view request, const Json& state,
                                std::chrono::system_clock::time_point now) {
  const auto* text = state.get_ptr<const std::string*>();
  if (text == nullptr) {
    return refused("is no string");
  }
  const auto dot = text->rfind('.');
  if (dot == std::string::npos) {
    return refused("was not made by this server");
  }
  const std::string expected = tag(std::string_view(*text).substr(0, dot));
  const std::string_view given = std::string_view(*text).substr(dot + 1);
  if (given.size() != expected.size() ||
      CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0) {
    return refused("was not made by this server");
  }
  auto parsed = json::parse(decode(text->substr(0, dot)));
  if (!parsed) {
    return refused("was not made by this server");
  }
  if (parsed->at("expires").get<std::int64_t>() < seconds(now)) {
    return refused("has expired");
  }
  if (parsed->at("request").get<std::string>() != request) {
    return refused("was made for another request");
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
  const std::string text = json::dump(salient);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(bytes(text), text.size(), digest.data());
  return encode(std::string(digest.begin(), digest.end()));
}

std::string RequestState::tag(std::string_view payload) {
  if (key_.empty() && make_key_) {
    key_ = make_key_();
  }
  if (key_.empty()) {
    key_ = random_key();
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes(payload), payload.size(),
       mac.data(), &size);
  return encode(std::string(mac.begin(), mac.end()));
}

}  // namespace mcp
