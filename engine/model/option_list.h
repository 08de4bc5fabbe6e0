// SPDX-License-Identifier: Apache-2.0
// "key=value,key=value" as data: what a variant of a model is written as in commands, flags and sessions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine {

class OptionList {
 public:
  /// `what` names the list in errors ("positions"). Throws Error input when a part is no key=value or a key comes twice.
  OptionList(std::string_view text, std::string_view what);

  /// Each takes its entry out; absent: nullopt. Throws Error input naming the entry when it is no such value.
  std::optional<std::string> text(const std::string& key);
  std::optional<double> number(const std::string& key, double least, double most);
  std::optional<int> count(const std::string& key, int least, int most);
  std::optional<bool> flag(const std::string& key);
  std::vector<float> numbers(const std::string& key, double least, double most);  // with '/' between them

  /// Throws Error input naming an entry nobody took, and `known`.
  void finish(std::string_view known) const;
  [[noreturn]] void refuse(const std::string& key, const std::string& value, std::string_view wanted) const;

 private:
  std::string what_;
  std::map<std::string, std::string> entries_;
};

}  // namespace vitrine
