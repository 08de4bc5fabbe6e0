// SPDX-License-Identifier: Apache-2.0
// The one font atlas of all ImGui hosts, with the characters asked for so far.
#pragma once

#include <QString>

struct ImFontAtlas;

namespace vitrine::views {

class ImGuiAtlas {
 public:
  static ImGuiAtlas& instance();
  ImFontAtlas* atlas() const noexcept { return atlas_; }
  /// Grows with every rebuild; a host whose texture is older makes it anew.
  int version() const noexcept { return version_; }
  /// Adds characters; the next ensure() rebuilds. Cheap when all are known.
  void want(const QString& text);
  /// Rebuilds when characters were added or the scale changed.
  void ensure(double scale);

 private:
  ImGuiAtlas();
  void build(double scale);
  ImFontAtlas* atlas_;
  QString wanted_;
  bool dirty_ = true;
  double scale_ = 0;
  int version_ = 0;
};

}  // namespace vitrine::views
