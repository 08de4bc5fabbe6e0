// SPDX-License-Identifier: Apache-2.0
// Paths are UTF-8 on the border to Qt.
#include "app/text.h"

#include <QRegularExpression>

#include "engine/text/tokenizer.h"

namespace vitrine {

QString path_text(const std::filesystem::path& path) {
  const std::u8string text = path.u8string();
  return QString::fromUtf8(reinterpret_cast<const char*>(text.data()), qsizetype(text.size()));
}

std::filesystem::path path_of(const QString& text) {
  const QByteArray utf8 = text.toUtf8();
  return std::filesystem::path(std::u8string(reinterpret_cast<const char8_t*>(utf8.data()), size_t(utf8.size())));
}

QString file_title(const std::filesystem::path& path) {
  const std::filesystem::path clean = path.has_filename() ? path : path.parent_path();
  return path_text(clean.extension() == ".gguf" ? clean.stem() : clean.filename());
}

QString model_title(const std::filesystem::path& path) {
  static const QRegularExpression format("[-._](i?q[0-9][a-z0-9_]*|tq[12]_0|f16|bf16|f32|fp16|fp32|mxfp4)$",
                                         QRegularExpression::CaseInsensitiveOption);
  const QString whole = file_title(path);
  QString name = whole;
  name.remove(format);
  return name.isEmpty() ? whole : name;
}

std::function<TokenFace(int32_t)> vocabulary_faces(std::shared_ptr<const Tokenizer> tokenizer) {
  if (!tokenizer) return {};
  return [tokenizer](int32_t id) {
    TokenFace face;
    face.special = tokenizer->is_special(id);
    face.bytes = face.special ? std::string(tokenizer->piece(id)) : tokenizer->token_bytes(id);
    return face;
  };
}

}  // namespace vitrine
