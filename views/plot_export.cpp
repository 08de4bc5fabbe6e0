// SPDX-License-Identifier: Apache-2.0
// Painters for the vector formats, own writers for CSV and the small part of zip that .npz needs (APPNOTE 6.3, method
// 0).
#include "views/plot_export.h"

#include <QBuffer>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <array>
#include <cmath>
#include <cstring>

#include "views/theme.h"

namespace vitrine::views {
namespace {

uint32_t crc32(const QByteArray& data) {
  static const auto table = [] {
    std::array<uint32_t, 256> t{};
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t v = i;
      for (int k = 0; k < 8; ++k) v = v & 1 ? 0xEDB88320u ^ (v >> 1) : v >> 1;
      t[i] = v;
    }
    return t;
  }();
  uint32_t crc = ~0u;
  for (const char byte : data) crc = table[(crc ^ uint8_t(byte)) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

void little(QByteArray& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.append(char(value >> (8 * i) & 0xFF));
}

QByteArray npy(const NumberArray& array) {
  QByteArray shape;
  for (const qint64 n : array.shape) shape += QByteArray::number(n) + ", ";
  if (array.shape.size() > 1) shape.chop(2);
  QByteArray header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + shape + "), }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  QByteArray out("\x93NUMPY\x01\x00", 8);
  little(out, uint64_t(header.size()), 2);
  out += header;
  for (const double value : array.values) {
    uint64_t bits = 0;
    std::memcpy(&bits, &value, 8);
    little(out, bits, 8);
  }
  return out;
}

QString quoted(const QString& text) {
  if (!text.contains(',') && !text.contains('"') && !text.contains('\n')) return text;
  return '"' + QString(text).replace('"', "\"\"") + '"';
}

QString number(double value) { return std::isnan(value) ? QStringLiteral("nan") : QString::number(value, 'g', 17); }

void paint_on(QPaintDevice& device, const Exportable& what, double scale) {
  QPainter painter(&device);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(scale, scale);
  const QRectF all(QPointF(0, 0), what.size);
  painter.fillRect(all, colors().sunken);
  what.paint(painter, all);
}

QByteArray to_pdf(const Exportable& what) {
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  QPdfWriter pdf(&buffer);
  pdf.setTitle(what.title);
  pdf.setCreator(QStringLiteral("Vitrine"));
  pdf.setPageSize(QPageSize(what.size * 0.75, QPageSize::Point));  // 96 logical pixels an inch
  pdf.setPageMargins({0, 0, 0, 0});
  pdf.setResolution(1200);
  paint_on(pdf, what, 1200.0 / 96);
  return buffer.data();
}

QByteArray to_svg(const Exportable& what) {
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator svg;
  svg.setOutputDevice(&buffer);
  svg.setTitle(what.title);
  svg.setSize(what.size.toSize());
  svg.setViewBox(QRectF(QPointF(0, 0), what.size));
  paint_on(svg, what, 1);
  return buffer.data();
}

QByteArray to_png(const Exportable& what) {
  QImage image((what.size * 2).toSize(), QImage::Format_RGB32);
  paint_on(image, what, 2);
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, "PNG");
  return buffer.data();
}

}  // namespace

QByteArray to_csv(const std::vector<NumberArray>& arrays) {
  QString out;
  for (const NumberArray& array : arrays) {
    if (!out.isEmpty()) out += "\r\n";
    const qint64 columns = array.shape.empty() ? 1 : array.shape.size() == 1 ? 1 : array.shape.back();
    out += quoted(array.name);
    for (qint64 c = 0; c < columns; ++c)
      out += ',' + quoted(size_t(c) < array.column_names.size() ? array.column_names[size_t(c)] : QString::number(c));
    for (size_t i = 0; i < array.values.size(); ++i) {
      const size_t row = i / size_t(columns);
      if (i % size_t(columns) == 0)
        out += "\r\n" + quoted(row < array.row_names.size() ? array.row_names[row] : QString::number(row));
      out += ',' + number(array.values[i]);
    }
    out += "\r\n";
  }
  return out.toUtf8();
}

QByteArray to_npz(const std::vector<NumberArray>& arrays) {
  QByteArray out, directory;
  for (const NumberArray& array : arrays) {
    const QByteArray name = array.name.toUtf8() + ".npy", data = npy(array);
    QByteArray common;  // from "version needed" to "extra length", the same in both headers
    little(common, 20, 2), little(common, 0x0800, 2), little(common, 0, 2);  // UTF-8 names, stored
    little(common, 0, 2), little(common, 0x21, 2);  // 1980-01-01: the same numbers, the same file
    little(common, crc32(data), 4), little(common, uint64_t(data.size()), 4), little(common, uint64_t(data.size()), 4);
    little(common, uint64_t(name.size()), 2), little(common, 0, 2);
    directory += "PK\x01\x02";
    little(directory, 20, 2);
    directory += common;
    little(directory, 0, 2), little(directory, 0, 2), little(directory, 0, 2), little(directory, 0, 4);
    little(directory, uint64_t(out.size()), 4);
    directory += name;
    out += "PK\x03\x04" + common + name + data;
  }
  const qsizetype at = out.size();
  out += directory + "PK\x05\x06";
  little(out, 0, 4), little(out, arrays.size(), 2), little(out, arrays.size(), 2);
  little(out, uint64_t(directory.size()), 4), little(out, uint64_t(at), 4), little(out, 0, 2);
  return out;
}

QString write_export(const Exportable& what, ExportFormat format, const QString& path) {
  QByteArray data;
  switch (format) {
    case ExportFormat::svg:
      data = to_svg(what);
      break;
    case ExportFormat::pdf:
      data = to_pdf(what);
      break;
    case ExportFormat::png:
      data = to_png(what);
      break;
    case ExportFormat::csv:
      data = to_csv(what.numbers());
      break;
    case ExportFormat::npz:
      data = to_npz(what.numbers());
      break;
  }
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(data) != data.size() || !file.commit()) return file.errorString();
  return {};
}

}  // namespace vitrine::views
