// SPDX-License-Identifier: Apache-2.0
// Taking a picture out of the program: SVG, PDF or PNG of what is drawn, CSV or .npz of the numbers behind it.
#pragma once

#include <QByteArray>
#include <QSizeF>
#include <QString>
#include <functional>
#include <vector>

#include "views/api.h"

class QPainter;
class QRectF;

namespace vitrine::views {

/// One named array, row-major float64; becomes an entry of the .npz and a table of the CSV.
struct NumberArray {
  QString name;
  std::vector<qint64> shape;
  std::vector<double> values;
  std::vector<QString> row_names = {}, column_names = {};  // CSV only; empty: indices
};

/// What a panel gives to be exported. `paint` draws vectors into the rectangle with the theme's colours.
struct Exportable {
  QString title;  // also the suggested file name
  QSizeF size = {800, 600};
  std::function<void(QPainter&, const QRectF&)> paint;
  std::function<std::vector<NumberArray>()> numbers;
};

enum class ExportFormat : uint8_t { svg, pdf, png, csv, npz };

/// Writes the file; an error text, or empty on success. The file is written beside and renamed, so a failure leaves no
/// half file.
VT_UI QString write_export(const Exportable& what, ExportFormat format, const QString& path);
/// RFC 4180, UTF-8; exact values (17 digits).
VT_UI QByteArray to_csv(const std::vector<NumberArray>& arrays);
/// Zip with stored entries, one name.npy (format 1.0, '<f8', C order) each, as numpy.load reads it.
VT_UI QByteArray to_npz(const std::vector<NumberArray>& arrays);

}  // namespace vitrine::views
