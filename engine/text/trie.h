// SPDX-License-Identifier: Apache-2.0
// A read-only prefix tree over byte strings; the children of a node lie side by side, sorted.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace vitrine::text {

class Trie {
 public:
  /// Later entries win over equal earlier ones; empty strings are left out.
  void build(std::vector<std::pair<std::string_view, int32_t>> entries);
  bool empty() const noexcept { return nodes_.empty(); }

  /// Calls visit(length, value) for every entry that is a prefix of `text`, shortest first.
  template <class Visit>
  void prefixes(std::string_view text, Visit&& visit) const {
    if (text.empty()) return;
    int32_t node = root_[uint8_t(text[0])];
    for (size_t i = 1; node >= 0; ++i) {
      if (nodes_[size_t(node)].value >= 0) visit(i, nodes_[size_t(node)].value);
      if (i == text.size()) return;
      node = child(node, uint8_t(text[i]));
    }
  }
  /// The longest entry that is a prefix of `text`: {length, value}, length 0 if none.
  std::pair<size_t, int32_t> longest(std::string_view text) const {
    std::pair<size_t, int32_t> best{0, -1};
    prefixes(text, [&](size_t length, int32_t value) { best = {length, value}; });
    return best;
  }
  bool starts_any(char c) const noexcept { return root_[uint8_t(c)] >= 0; }

 private:
  struct Node {
    uint32_t children = 0;
    uint16_t count = 0;
    uint8_t label = 0;
    int32_t value = -1;
  };
  int32_t child(int32_t node, uint8_t label) const noexcept {
    const Node& parent = nodes_[size_t(node)];
    const Node* first = nodes_.data() + parent.children;
    if (parent.count <= 8) {
      for (uint32_t i = 0; i < parent.count; ++i)
        if (first[i].label == label) return int32_t(parent.children + i);
      return -1;
    }
    const Node* at = std::lower_bound(first, first + parent.count, label,
                                      [](const Node& n, uint8_t value) { return n.label < value; });
    return at != first + parent.count && at->label == label ? int32_t(at - nodes_.data()) : -1;
  }
  std::array<int32_t, 256> root_ = [] {
    std::array<int32_t, 256> none;
    none.fill(-1);
    return none;
  }();
  std::vector<Node> nodes_;
};

}  // namespace vitrine::text
