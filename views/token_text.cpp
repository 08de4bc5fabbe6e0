// SPDX-License-Identifier: Apache-2.0
// UTF-8 as Unicode 15, table 3-7: a byte that cannot belong to a character is shown as a byte.
#include "views/token_text.h"

#include <QCoreApplication>
#include <string>

namespace vitrine::views {
namespace {

int sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Length of the whole character at `at`, 0 if there is none.
int character_at(std::string_view bytes, size_t at) {
  const int length = sequence_length(static_cast<unsigned char>(bytes[at]));
  if (length == 0 || at + size_t(length) > bytes.size()) return 0;
  for (int i = 1; i < length; ++i)
    if (!continues(bytes[at + size_t(i)])) return 0;
  return length;
}

QString byte_text(char byte) {
  return QStringLiteral("<0x%1>")
      .arg(static_cast<unsigned char>(byte), 2, 16, QLatin1Char('0'))
      .toUpper()
      .replace("0X", "0x");
}

}  // namespace

QString token_text(std::string_view bytes) {
  QString text;
  for (size_t i = 0; i < bytes.size();) {
    const int length = character_at(bytes, i);
    if (length == 0) {
      text += byte_text(bytes[i++]);
      continue;
    }
    if (length == 1) {
      const char c = bytes[i];
      if (c == ' ')
        text += QChar(0x00B7);
      else if (c == '\n')
        text += QChar(0x21B5);
      else if (c == '\t')
        text += QChar(0x21E5);
      else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
        text += byte_text(c);
      else
        text += QLatin1Char(c);
    } else {
      text += QString::fromUtf8(bytes.data() + i, length);
    }
    i += size_t(length);
  }
  return text;
}

QString token_spoken(std::string_view bytes) {
  QString text = QString::fromUtf8(bytes.data(), qsizetype(bytes.size()));
  text.replace(' ', QCoreApplication::translate("views", " space "))
      .replace('\n', QCoreApplication::translate("views", " new line "));
  return text.simplified();
}

std::vector<SplitCharacter> split_characters(const std::vector<std::string_view>& tokens, qint64 first) {
  std::vector<SplitCharacter> found;
  std::string open;  // bytes of the character begun
  qint64 open_from = 0;
  int missing = 0;
  for (size_t t = 0; t < tokens.size(); ++t) {
    const std::string_view bytes = tokens[t];
    size_t i = 0;
    while (missing > 0 && i < bytes.size() && continues(bytes[i])) {
      open += bytes[i++];
      if (--missing == 0)
        found.push_back({first + open_from, first + qint64(t), QString::fromUtf8(open.data(), qsizetype(open.size()))});
    }
    if (missing > 0 && i < bytes.size()) missing = 0;  // broken off
    while (i < bytes.size()) {
      const int length = sequence_length(static_cast<unsigned char>(bytes[i]));
      if (length > 1 && i + size_t(length) > bytes.size()) {
        size_t have = 1;
        while (i + have < bytes.size() && continues(bytes[i + have])) ++have;
        if (i + have == bytes.size()) {
          open.assign(bytes.substr(i));
          open_from = qint64(t);
          missing = length - int(have);
        }
        i += have;
      } else {
        i += size_t(std::max(1, length));
      }
    }
  }
  return found;
}

}  // namespace vitrine::views
