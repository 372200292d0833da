// The addresses of the server's resources (specification, section 8).
#pragma once

#include <string_view>

namespace tools {

inline constexpr std::string_view kServicesUri = "rollout://services";
inline constexpr std::string_view kServicePrefix = "rollout://services/";
inline constexpr std::string_view kServiceTemplate = "rollout://services/{service}";
inline constexpr std::string_view kRwenvUri = "rollout://rwenv";
inline constexpr std::string_view kEnvironmentUri = "rollout://environment";
inline constexpr std::string_view kDoctorUri = "rollout://doctor";

}  // namespace tools
