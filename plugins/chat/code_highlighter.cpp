// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/code_highlighter.h"

#include <QRegularExpression>
#include <QSet>
#include <QTextDocument>

#include "views/theme.h"

namespace vitrine {

namespace {

const QSet<QString>& keywords() {
  static const QSet<QString> words = [] {
    const char* const list =
        "and as assert async await auto break case catch class const constexpr continue def default del delete do elif else enum except export extends "
        "extern false finally fn for from func function global go if impl import in include inline interface is lambda let loop match mod move mut namespace "
        "new nil none not null operator or package pass pub public private protected raise return self select sizeof static struct super switch template "
        "then this throw trait true try type typedef typename union unsafe use using var virtual void where while with yield "
        "bool char double float int long short signed unsigned string str usize u8 u16 u32 u64 i32 i64 f32 f64 size_t "
        "SELECT FROM WHERE GROUP ORDER BY INSERT INTO VALUES UPDATE SET DELETE JOIN LEFT ON AS AND OR NOT NULL CREATE TABLE "
        "echo fi done esac True False None";
    const QStringList split = QString::fromLatin1(list).split(' ');
    return QSet<QString>(split.begin(), split.end());
  }();
  return words;
}

QString comment_start(const QString& language) {
  static const QStringList hash{"python", "py", "bash", "sh", "shell", "ruby", "yaml", "toml", "r", "perl", "makefile", "cmake"};
  if (hash.contains(language)) return QStringLiteral("#");
  if (language == "sql" || language == "lua" || language == "haskell") return QStringLiteral("--");
  return QStringLiteral("//");
}

}  // namespace

bool is_code_block(const QTextBlock& block) {
  return block.blockFormat().hasProperty(QTextFormat::BlockCodeFence) || block.blockFormat().hasProperty(QTextFormat::BlockCodeLanguage);
}

CodeHighlighter::CodeHighlighter(QTextDocument* document) : QSyntaxHighlighter(document) {}

void CodeHighlighter::highlightBlock(const QString& text) {
  if (!is_code_block(currentBlock())) return;
  colour(text, currentBlock().blockFormat().stringProperty(QTextFormat::BlockCodeLanguage).toLower());
}

void CodeHighlighter::colour(const QString& text, const QString& language) {
  static const QRegularExpression token(R"((?<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?<number>\b\d[\w.]*\b)|(?<word>\b[A-Za-z_]\w*\b))");
  const views::Colors& c = views::colors();
  const QString comment = comment_start(language);
  const qsizetype comment_at = text.indexOf(comment);
  for (auto match = token.globalMatch(text); match.hasNext();) {
    const auto found = match.next();
    const int at = int(found.capturedStart()), length = int(found.capturedLength());
    QTextCharFormat format;
    if (!found.captured("string").isEmpty())
      format.setForeground(c.ok);
    else if (!found.captured("number").isEmpty())
      format.setForeground(c.warn);
    else if (keywords().contains(found.captured("word")))
      format.setForeground(c.accent_ink);
    else
      continue;
    setFormat(at, length, format);
  }
  if (comment_at < 0 || text.left(comment_at).count('"') % 2 != 0) return;
  QTextCharFormat quiet;
  quiet.setForeground(c.t3);
  setFormat(int(comment_at), int(text.size() - comment_at), quiet);
}

}  // namespace vitrine
