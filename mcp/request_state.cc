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
namespace {

constexpr std::size_t kIdBytes = 16;

std::string hexadecimal(const unsigned char* bytes, std::size_t count) {
  std::string text(count * 2 + 1, '\0');
  OPENSSL_buf2hexstr_ex(text.data(), text.size(), nullptr, bytes, count, '\0');
  text.pop_back();
  return text;
}

std::string random_id() {
  std::array<unsigned char, kIdBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("there are no random bytes for a requestState");
  }
  return hexadecimal(bytes.data(), bytes.size());
}

}  // namespace

// The seal stands first, its length is fixed, and a JSON text follows.
std::string RequestState::seal(std::string_view request, const Json& answers,
                               const std::vector<std::string>& asked, const std::string& bound_to,
                               TimePoint now) {
  const std::string payload =
      json::dump(Json{{"answers", answers},
                      {"asked", asked},
                      {"boundTo", bound_to},
                      {"expires", TimePoint::clock::to_time_t(now + kLifetime)},
                      {"id", random_id()}});
  return mac(request, payload) + payload;
}

RequestState::Content RequestState::open(std::string_view request, const Json& state,
                                         TimePoint now) {
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
  // One of an earlier version of this server may lack something.
  require(parsed && parsed->contains("id") && parsed->contains("boundTo") &&
              parsed->contains("asked") &&
              parsed->at("expires").get<std::time_t>() >= TimePoint::clock::to_time_t(now),
          "`requestState` has expired");
  return {std::move(parsed->at("answers")), parsed->at("asked").get<std::vector<std::string>>(),
          parsed->at("boundTo").get<std::string>(), parsed->at("id").get<std::string>(),
          TimePoint::clock::from_time_t(parsed->at("expires").get<std::time_t>())};
}

std::string RequestState::bind(std::string_view what) {
  return what.empty() ? std::string() : mac("", what);
}

std::string RequestState::identify(std::string_view method, const Json& params) {
  Json salient = {{"method", method}, {"arguments", Json::object()}};  // none are as empty ones
  for (const char* key : {"name", "uri", "arguments"}) {
    if (const Json* value = member(params, key); value != nullptr && !value->is_null()) {
      salient[key] = *value;
    }
  }
  return json::dump(salient);
}

void RequestState::need_key() {
  if (key_.empty() && make_key_) {
    key_ = make_key_();
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes{};
  if (key_.empty() && RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1) {
    key_.assign(bytes.begin(), bytes.end());
  }
}

std::string RequestState::mac(std::string_view request, std::string_view payload) {
  const locking::MutexLock lock(mutex_);
  need_key();
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  // As JSON both have no line break, so that their border cannot move.
  const std::string text = std::string(request) + '\n' + std::string(payload);
  // OpenSSL takes bytes as unsigned char.
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (key_.empty() || HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes,
                           text.size(), digest.data(), nullptr) == nullptr) {
    throw std::runtime_error("requestState cannot be sealed");
  }
  return hexadecimal(digest.data(), digest.size());
}

bool SpentStates::spend(const std::string& id, RequestState::TimePoint expires,
                        RequestState::TimePoint now) {
  const locking::MutexLock lock(mutex_);
  if (spent_.size() >= kMax) {
    std::erase_if(spent_, [&](const auto& entry) { return entry.second < now; });
  }
  return spent_.size() < kMax && spent_.emplace(id, expires).second;
}

}  // namespace mcp
