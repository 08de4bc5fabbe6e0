// SPDX-License-Identifier: Apache-2.0
// Switching the look: fonts, measures, colour lookups and icons. Colours are in palette.cpp, the style sheet in
// style_sheet.cpp.
#include "views/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QStyleFactory>
#include <QSvgRenderer>
#include <algorithm>
#include <cmath>

#include "views/palette.h"
#include "views/style_sheet.h"

namespace vitrine::views {
namespace {

struct TypeScale {
  int size, line;
};
constexpr TypeScale kTypes[] = {{12, 16}, {13, 20}, {15, 20}, {15, 25}, {20, 28}};

QString first_installed(const QStringList& wanted, QFontDatabase::SystemFont fallback) {
  const QStringList families = QFontDatabase::families();
  for (const QString& family : wanted)
    if (families.contains(family)) return family;
  return QFontDatabase::systemFont(fallback).family();
}

QColor mix(const QColor& a, const QColor& b, double t) {
  const auto lerp = [t](float x, float y) { return x + float(t) * (y - x); };
  return QColor::fromRgbF(lerp(a.redF(), b.redF()), lerp(a.greenF(), b.greenF()), lerp(a.blueF(), b.blueF()));
}

template <size_t N>
std::array<QRgb, 256> ramp(const std::array<QColor, N>& stops) {
  std::array<QRgb, 256> table{};
  for (size_t i = 0; i < 256; ++i) {
    const double at = double(i) / 255 * double(N - 1);
    const size_t lower = std::min<size_t>(size_t(at), N - 2);
    table[i] = mix(stops[lower], stops[lower + 1], at - double(lower)).rgb();
  }
  return table;
}

QPalette qt_palette(const Colors& k) {
  QPalette p;
  p.setColor(QPalette::Window, k.chrome);
  p.setColor(QPalette::WindowText, k.t1);
  p.setColor(QPalette::Base, k.panel);
  p.setColor(QPalette::AlternateBase, k.sunken);
  p.setColor(QPalette::Text, k.t1);
  p.setColor(QPalette::PlaceholderText, k.t3);
  p.setColor(QPalette::Button, k.raised);
  p.setColor(QPalette::ButtonText, k.t1);
  p.setColor(QPalette::BrightText, k.error);
  p.setColor(QPalette::Highlight, k.sel);
  p.setColor(QPalette::HighlightedText, k.t1);
  p.setColor(QPalette::Link, k.accent_ink);
  p.setColor(QPalette::LinkVisited, k.accent_ink);
  p.setColor(QPalette::ToolTipBase, k.raised);
  p.setColor(QPalette::ToolTipText, k.t1);
  p.setColor(QPalette::Light, k.hover);
  p.setColor(QPalette::Mid, k.line);
  p.setColor(QPalette::Dark, k.ctl);
  p.setColor(QPalette::Shadow, k.line);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, k.disabled);
  return p;
}

}  // namespace

Theme& Theme::instance() {
  static Theme theme;
  return theme;
}

Theme::Theme() { build_tables(); }

const Colors& Theme::colors() const noexcept { return palette_of(scheme_); }
const Colors& Theme::colors_of(Scheme scheme) noexcept { return palette_of(scheme); }

void Theme::build_tables() {
  const auto ends = signed_ends(scheme_);
  tables_[size_t(ColorMap::viridis)] = ramp(colors().magnitude);
  tables_[size_t(ColorMap::cividis)] = ramp(cividis_stops(scheme_));
  tables_[size_t(ColorMap::signed_map)] = ramp(ends);
}

void Theme::apply(Scheme scheme, double scale) {
  scheme_ = scheme;
  scale_ = std::clamp(scale, 0.8, 2.0);
  build_tables();
  if (!qApp) return;
  if (ui_family_.isEmpty()) {
    ui_family_ =
        first_installed({"Inter", "Inter Variable", "Noto Sans", "Segoe UI", "Cantarell"}, QFontDatabase::GeneralFont);
    mono_family_ = first_installed({"JetBrains Mono", "Noto Sans Mono", "Cascadia Mono", "DejaVu Sans Mono"},
                                   QFontDatabase::FixedFont);
    QApplication::setStyle(QStyleFactory::create("Fusion"));
  }
  QApplication::setPalette(qt_palette(colors()));
  QApplication::setFont(font(Type::base));
  static_cast<QApplication*>(QApplication::instance())->setStyleSheet(make_style_sheet(*this));
  emit changed();
}

void Theme::set_magnitude_map(ColorMap map) {
  magnitude_map_ = map;
  emit changed();
}

int Theme::px(double at_100) const noexcept { return int(std::lround(at_100 * scale_)); }
int Theme::line_height(Type type) const noexcept { return px(kTypes[size_t(type)].line); }

QFont Theme::font(Type type, bool bold) const {
  QFont f(ui_family_.isEmpty() ? QFontDatabase::systemFont(QFontDatabase::GeneralFont).family() : ui_family_);
  f.setPixelSize(px(kTypes[size_t(type)].size));
  f.setWeight(bold ? QFont::DemiBold : QFont::Normal);
  f.setStyleStrategy(QFont::PreferAntialias);
  return f;
}

QFont Theme::mono(Type type, bool bold) const {
  QFont f(mono_family_.isEmpty() ? QFontDatabase::systemFont(QFontDatabase::FixedFont).family() : mono_family_);
  f.setPixelSize(px(kTypes[size_t(type)].size));
  f.setStyleHint(QFont::Monospace);
  f.setWeight(bold ? QFont::Bold : QFont::Normal);
  f.setKerning(false);
  return f;
}

QColor Theme::magnitude(double value) const {
  if (std::isnan(value)) return colors().mask;
  return QColor::fromRgb(table(magnitude_map_)[size_t(std::lround(std::clamp(value, 0.0, 1.0) * 255))]);
}

QColor Theme::signed_color(double value) const {
  if (std::isnan(value)) return colors().mask;
  return QColor::fromRgb(
      table(ColorMap::signed_map)[size_t(std::lround((std::clamp(value, -1.0, 1.0) + 1) / 2 * 255))]);
}

const std::array<QRgb, 256>& Theme::table(ColorMap map) const { return tables_[size_t(map)]; }

int Theme::chip_level(double p) noexcept { return p >= 0.9 ? 0 : p >= 0.5 ? 1 : p >= 0.2 ? 2 : p >= 0.05 ? 3 : 4; }

QPixmap Theme::pixmap(const QString& name, int size, const QColor& color, qreal ratio) const {
  const QString key = QStringLiteral("vt-icon/%1/%2/%3/%4").arg(name, color.name()).arg(size).arg(ratio);
  QPixmap result;
  if (QPixmapCache::find(key, &result)) return result;
  QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
  if (!file.open(QIODevice::ReadOnly)) return {};
  QByteArray svg = file.readAll();
  svg.replace("currentColor", color.name().toLatin1());
  QSvgRenderer renderer(svg);
  result = QPixmap(int(std::ceil(size * ratio)), int(std::ceil(size * ratio)));
  result.fill(Qt::transparent);
  QPainter painter(&result);
  renderer.render(&painter);
  painter.end();
  result.setDevicePixelRatio(ratio);
  QPixmapCache::insert(key, result);
  return result;
}

QIcon Theme::icon(const QString& name, const QColor& color) const {
  QIcon icon;
  for (const int size : {16, 20, 24, 32, 40}) {
    icon.addPixmap(pixmap(name, size, color.isValid() ? color : colors().t2, 1), QIcon::Normal);
    icon.addPixmap(pixmap(name, size, colors().disabled, 1), QIcon::Disabled);
  }
  return icon;
}

double contrast(const QColor& a, const QColor& b) noexcept {
  const auto luminance = [](const QColor& color) {
    const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
  };
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace vitrine::views
