// SPDX-License-Identifier: Apache-2.0
// How paths and vocabularies of the engine become text of the window.
#pragma once

#include <QString>
#include <filesystem>
#include <functional>
#include <memory>

#include "plugins/api/transcript.h"

namespace vitrine {

class Tokenizer;

QString path_text(const std::filesystem::path& path);
std::filesystem::path path_of(const QString& text);
/// "SmolLM2-135M-Instruct.Q4_1" of a file, the folder's name of a folder.
QString file_title(const std::filesystem::path& path);
/// The file's or folder's name without the format at its end: "SmolLM2-135M-Instruct".
QString model_title(const std::filesystem::path& path);
/// The faces of a tokenizer's ids; "#12" without one.
std::function<TokenFace(int32_t)> vocabulary_faces(std::shared_ptr<const Tokenizer> tokenizer);

}  // namespace vitrine
