// SPDX-License-Identifier: Apache-2.0
// Fonts are found by fontconfig and never shipped; Korean is merged over the UI face when it has been asked for.
#include "views/imgui_atlas.h"

#include <fontconfig/fontconfig.h>
#include <imgui.h>
#include <imgui_freetype.h>

#include <QFile>
#include <QFont>
#include <algorithm>
#include <string>

#include "views/theme.h"

namespace vitrine::views {
namespace {

struct FontFile {
  std::string path;
  int index = 0;
};

FontFile match(const char* family, const char* language) {
  FontFile found;
  FcPattern* pattern = FcPatternCreate();
  if (family) FcPatternAddString(pattern, FC_FAMILY, reinterpret_cast<const FcChar8*>(family));
  if (language) FcPatternAddString(pattern, FC_LANG, reinterpret_cast<const FcChar8*>(language));
  FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
  FcConfigSubstitute(nullptr, pattern, FcMatchPattern);
  FcDefaultSubstitute(pattern);
  FcResult result;
  if (FcPattern* best = FcFontMatch(nullptr, pattern, &result)) {
    FcChar8* file = nullptr;
    if (FcPatternGetString(best, FC_FILE, 0, &file) == FcResultMatch) found.path = reinterpret_cast<const char*>(file);
    FcPatternGetInteger(best, FC_INDEX, 0, &found.index);
    FcPatternDestroy(best);
  }
  FcPatternDestroy(pattern);
  return found;
}

}  // namespace

ImGuiAtlas& ImGuiAtlas::instance() {
  static ImGuiAtlas one;
  return one;
}

ImGuiAtlas::ImGuiAtlas() : atlas_(new ImFontAtlas) { atlas_->FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType(); }

void ImGuiAtlas::want(const QString& text) {
  for (const QChar c : text)
    if (c.unicode() > 0x17F && !c.isSurrogate() && !wanted_.contains(c)) {
      wanted_ += c;
      dirty_ = true;
    }
}

void ImGuiAtlas::ensure(double scale) {
  if (!dirty_ && scale == scale_) return;
  build(scale);
}

void ImGuiAtlas::build(double scale) {
  dirty_ = false;
  scale_ = scale;
  ++version_;
  atlas_->Clear();
  const float size = float(13 * scale);
  static const ImWchar latin[] = {0x20, 0x17F, 0x2013, 0x2026, 0x2190, 0x2193, 0x21B5, 0x21B5, 0};
  const FontFile ui = match(theme().font(Type::base).family().toUtf8().constData(), nullptr);
  if (ui.path.empty() || !QFile::exists(QString::fromStdString(ui.path))) {
    atlas_->AddFontDefault();
  } else {
    ImFontConfig config;
    config.FontNo = ui.index;
    atlas_->AddFontFromFileTTF(ui.path.c_str(), size, &config, latin);
  }
  static ImVector<ImWchar> ranges;  // must live until Build()
  if (!wanted_.isEmpty()) {
    ImFontGlyphRangesBuilder builder;
    for (const QChar c : wanted_) builder.AddChar(ImWchar(c.unicode()));
    ranges.clear();
    builder.BuildRanges(&ranges);
    const FontFile korean = match(nullptr, "ko");
    if (!korean.path.empty()) {
      ImFontConfig config;
      config.MergeMode = true;
      config.FontNo = korean.index;
      atlas_->AddFontFromFileTTF(korean.path.c_str(), size, &config, ranges.Data);
    }
  }
  atlas_->Build();
}

}  // namespace vitrine::views
