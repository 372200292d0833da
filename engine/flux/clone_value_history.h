// Looks in a clone's history for who gave a place its value, beside other work: a push waits for
// its remote meanwhile.
#pragma once

#include <future>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "engine/flux/clone.h"
#include "engine/flux/value_history.h"

namespace engine {

class CloneValueHistory final : public ValueHistory {
 public:
  // `clone` must outlive this. Nothing more is looked for once `stop` is requested.
  CloneValueHistory(const FluxClone& clone, std::stop_token stop)
      : clone_(clone), caller_(std::move(stop)) {}
  CloneValueHistory(const CloneValueHistory&) = delete;
  CloneValueHistory& operator=(const CloneValueHistory&) = delete;
  // Gives up what is still being looked for.
  ~CloneValueHistory() override { stop_.request_stop(); }

  void begin(const CommitId& head, std::vector<PlaceWithValue> places) override;
  std::vector<std::optional<ValueOrigin>> finish() override;

 private:
  const FluxClone& clone_;
  const std::stop_token caller_;
  std::stop_source stop_;
  std::future<std::vector<std::optional<ValueOrigin>>> origins_;
};

}  // namespace engine
