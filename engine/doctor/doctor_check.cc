#include "engine/doctor/doctor_check.h"

#include <utility>

namespace engine {

DoctorCheck in_place(std::string name, std::string message) {
  return {std::move(name), DoctorCheck::State::ok, std::move(message)};
}

DoctorCheck noted(std::string name, std::string message, std::string hint) {
  return {std::move(name), DoctorCheck::State::note, std::move(message), std::move(hint)};
}

DoctorCheck missing(std::string name, const Error& error) {
  return {std::move(name), DoctorCheck::State::missing, error.message, error.hint, error.code};
}

DoctorCheck skipped(std::string name, std::string_view needed) {
  return {std::move(name), DoctorCheck::State::skipped,
          "cannot be checked before " + std::string(needed) + " is in place"};
}

}  // namespace engine
