// SPDX-License-Identifier: Apache-2.0
#include "engine/text/trie.h"

namespace vitrine::text {

void Trie::build(std::vector<std::pair<std::string_view, int32_t>> entries) {
  nodes_.clear();
  root_.fill(-1);
  std::erase_if(entries, [](const auto& e) { return e.first.empty(); });
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });

  struct Group {  // entries [from, to) share their first `depth` bytes
    int32_t node;
    size_t from, to, depth;
  };
  std::vector<Group> groups;  // in breadth-first order, so that siblings are adjacent
  const auto add_children = [&](const Group& parent) {
    size_t i = parent.from;
    while (i < parent.to && entries[i].first.size() == parent.depth) {
      if (parent.node >= 0) nodes_[size_t(parent.node)].value = entries[i].second;
      ++i;
    }
    const auto first = uint32_t(nodes_.size());
    while (i < parent.to) {
      const auto label = uint8_t(entries[i].first[parent.depth]);
      size_t end = i;
      while (end < parent.to && uint8_t(entries[end].first[parent.depth]) == label) ++end;
      const auto node = int32_t(nodes_.size());
      nodes_.push_back({0, 0, label, -1});
      if (parent.node < 0) root_[label] = node;
      groups.push_back({node, i, end, parent.depth + 1});
      i = end;
    }
    if (parent.node >= 0) {
      nodes_[size_t(parent.node)].children = first;
      nodes_[size_t(parent.node)].count = uint16_t(nodes_.size() - first);
    }
  };
  add_children({-1, 0, entries.size(), 0});
  for (size_t g = 0; g < groups.size(); ++g) add_children(Group(groups[g]));
}

}  // namespace vitrine::text
