// SPDX-License-Identifier: Apache-2.0
// The look of the workbench: colours by name for light and dark, type, measures, colour maps, and the Qt palette and
// style sheet made of them. Panels use names, never hex. Can be switched while running; everything repaints on
// changed().
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPixmap>
#include <QString>
#include <array>

#include "views/api.h"

namespace vitrine::views {

enum class Scheme : uint8_t { light, dark };

/// Contrast of text tokens on chrome, panel and sunken is at least 4.5:1, of ctl, axis and lanes at least 3:1
/// (`disabled` exempt).
struct Colors {
  QColor chrome, panel, sunken, raised, field, hover, sel_soft, sel;
  QColor line, grid;                // separators and plot grids, 1 px
  QColor ctl, axis, track;          // control borders, plot axes, slider and bar background
  QColor t1, t2, t3, disabled;      // text; on `sel` only t1 and t2
  QColor accent, accent_ink;        // outlines and bars; accent-coloured text
  QColor accent_fill, on_accent;    // primary button and checked boxes, and the text on them
  QColor ok, warn, error;           // always with icon and word
  QColor mask;                      // cells that cannot be
  std::array<QColor, 5> chip;       // probability >= 90, 50, 20, 5, < 5 %
  QColor on_chip4;                  // text on the last one; t1 on the others
  std::array<QColor, 8> lanes;      // Okabe-Ito, moved to 3:1
  std::array<QColor, 8> magnitude;  // even stops, 0 = background
};

enum class ColorMap : uint8_t { viridis, cividis, signed_map };
enum class Type : uint8_t { small, base, title, reading, start };  // 12/16, 13/20, 15/20, 15/25, 20/28 logical pixels

class VT_UI Theme : public QObject {
  Q_OBJECT
 public:
  /// The theme of this process.
  static Theme& instance();

  Scheme scheme() const noexcept { return scheme_; }
  double scale() const noexcept { return scale_; }
  const Colors& colors() const noexcept;
  static const Colors& colors_of(Scheme scheme) noexcept;
  /// Sets palette, font and style sheet of the QApplication. scale is clamped to [0.8, 2].
  void apply(Scheme scheme, double scale);
  void set_scheme(Scheme scheme) { apply(scheme, scale_); }
  void set_scale(double scale) { apply(scheme_, scale); }
  /// The colour-blind alternative of the magnitude map.
  void set_magnitude_map(ColorMap map);
  ColorMap magnitude_map() const noexcept { return magnitude_map_; }

  /// Logical pixels at 100 % -> logical pixels at the user's scale.
  int px(double at_100) const noexcept;
  QFont font(Type type, bool bold = false) const;
  /// Monospaced, tabular, without ligatures: tokens, code, numbers in columns.
  QFont mono(Type type = Type::base, bool bold = false) const;
  /// Line height of the type scale, in logical pixels.
  int line_height(Type type) const noexcept;

  /// A magnitude in [0, 1] through the magnitude map of this scheme; outside is clamped, NaN is `mask`.
  QColor magnitude(double value) const;
  /// A value in [-1, 1]: blue, background, orange.
  QColor signed_color(double value) const;
  /// Lookup tables of 256 colours, for images: index 0 = lowest.
  const std::array<QRgb, 256>& table(ColorMap map) const;
  QColor lane(int index) const { return colors().lanes[size_t(index) % 8]; }
  /// 0..4 for a probability.
  static int chip_level(double probability) noexcept;
  QColor chip_text(int level) const { return level == 4 ? colors().on_chip4 : colors().t1; }

  /// An icon of assets/icons by its file name, drawn in text colours; `color` overrides. Follows the scheme when asked
  /// again.
  QIcon icon(const QString& name, const QColor& color = {}) const;
  QPixmap pixmap(const QString& name, int size, const QColor& color, qreal device_pixel_ratio) const;

 signals:
  void changed();

 private:
  Theme();
  void build_tables();
  QString style_sheet() const;

  Scheme scheme_ = Scheme::light;
  double scale_ = 1;
  ColorMap magnitude_map_ = ColorMap::viridis;
  std::array<std::array<QRgb, 256>, 3> tables_;
  QString ui_family_, mono_family_;
};

inline Theme& theme() { return Theme::instance(); }
inline const Colors& colors() { return Theme::instance().colors(); }

/// Relative luminance contrast of WCAG 2.1 (1 to 21).
VT_UI double contrast(const QColor& a, const QColor& b) noexcept;

}  // namespace vitrine::views
