// SPDX-License-Identifier: Apache-2.0
#include "engine/model/tensor_check.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/core/text.h"
#include "engine/model/config_blame.h"
#include "engine/model/decoder_model.h"

namespace vitrine {

namespace {

using Outcome = WeightRequest::Outcome;

/// "layers." and what is after the layer's number, of a canonical name that has one.
struct LayerName {
  std::string before, after;
  int layer = -1;
  explicit LayerName(const std::string& canonical) {
    const size_t at = canonical.starts_with("encoder.layers.") ? 15 : canonical.starts_with("layers.") ? 7 : 0;
    if (at == 0) return;
    const size_t dot = canonical.find('.', at);
    before = canonical.substr(0, at);
    after = canonical.substr(dot);
    layer = std::stoi(canonical.substr(at, dot - at));
  }
};

/// The first part between dots that is the number `from`, as `to`.
std::string with_number(const std::string& name, int from, int to) {
  const std::string sought = cat(".", from, ".");
  const size_t at = name.find(sought);
  return at == std::string::npos ? name : std::string(name).replace(at, sought.size(), cat(".", to, "."));
}

/// The whole stored tensor that `piece` is a part of, as far as this one request tells.
Shape shape_by(const WeightRequest& request, const Piece& piece) {
  Shape shape = request.expected;
  if (request.recipe.flat || shape.rank() == 0) return shape;
  const int64_t pieces = int64_t(request.recipe.pieces.size());
  if (request.stored_rows >= 0) shape[0] = request.stored_rows;
  if (pieces > 1) shape[0] = piece.to >= 0 && !request.recipe.transpose ? piece.to - piece.from : shape[0] / pieces;
  if (request.recipe.transpose && shape.rank() == 2) std::swap(shape[0], shape[1]);
  if (piece.axis < shape.rank()) shape[piece.axis] = piece.to >= 0 ? piece.to : piece.from + shape[piece.axis];
  if (!request.recipe.block_scales.empty() && shape.rank() == 2) shape = {shape[0], shape[1] / 32, 16};
  if (piece.index < 0) return shape;
  Shape stack{piece.index + 1};
  for (int axis = 0; axis < shape.rank(); ++axis) stack.push_back(shape[axis]);
  return stack;
}

/// What the file holds, seen from the requests that were not met.
class Explanation {
 public:
  Explanation(const Architecture& architecture, const WeightSource& source, std::span<const WeightRequest> requests)
      : architecture_(architecture), source_(source), requests_(requests) {
    for (const WeightRequest& request : requests)
      for (const Piece& piece : request.recipe.pieces) parts_.emplace(piece.source, Part{&request, &piece});
    for (const TensorInfo& info : source.tensors())
      for (size_t dot = info.name.find('.'); dot != std::string::npos; dot = info.name.find('.', dot + 1)) folders_.insert(info.name.substr(0, dot + 1));
  }

  std::vector<TensorProblem> problems() const {
    std::vector<TensorProblem> list;
    std::set<std::string> told;
    for (const WeightRequest& request : requests_) {
      if (!request.fails()) continue;
      TensorProblem problem = about(request, list.size() < kNamed);
      if (told.insert(problem.name).second) list.push_back(std::move(problem));
    }
    return list;
  }

 private:
  static constexpr size_t kNamed = 64;  // problems whose names are looked for with care; nobody reads more

  TensorProblem about(const WeightRequest& request, bool with_care) const {
    TensorProblem problem{.name = request.stored, .got = {}, .expected = whole(request.stored, request.expected), .text = {}};
    const TensorInfo* info = source_.find(request.stored);
    const std::string place = info && source_.files().size() > 1 ? cat(" in ", source_.file_of(*info).filename().string()) : "";
    if (request.outcome == Outcome::unreadable) {
      problem.kind = TensorProblem::Kind::unreadable;
      problem.text = cat(problem.name, " ", request.problem, place);
    } else if (request.outcome == Outcome::misfit) {
      problem.kind = TensorProblem::Kind::reshaped;
      problem.got = info->shape;
      problem.text = cat(problem.name, " has shape ", problem.got.str(), place, ", expected ", problem.expected.str());
    } else {
      if (with_care) name_missing(request, problem);
      if (problem.name.empty()) problem.name = request.canonical;
      problem.text = cat(problem.name, problem.also, " is missing, expected ", problem.expected.str());
    }
    return problem;
  }

  /// The extents of a stored tensor that all requests for parts of it need together.
  Shape whole(const std::string& name, const Shape& fallback) const {
    Shape all;
    const auto [first, last] = parts_.equal_range(name);
    for (auto it = first; it != last; ++it) {
      const Shape part = shape_by(*it->second.request, *it->second.piece);
      if (all.rank() != part.rank()) all = part;
      for (int axis = 0; axis < part.rank(); ++axis) all[axis] = std::max(all[axis], part[axis]);
    }
    return all.rank() ? all : fallback;
  }

  /// How deep in the checkpoint's own folders of names a name lies.
  size_t kinship(const std::string& name) const {
    for (size_t dot = name.rfind('.'); dot != std::string::npos && dot > 0; dot = name.rfind('.', dot - 1))
      if (folders_.contains(name.substr(0, dot + 1))) return dot;
    return 0;
  }

  /// "model.layers.0." of "model.layers.0.norm.weight": where the module lies.
  static std::string place_of_module(const std::string& name) {
    const size_t leaf = name.rfind('.'), module = leaf == std::string::npos || leaf == 0 ? leaf : name.rfind('.', leaf - 1);
    return module == std::string::npos ? "" : name.substr(0, module + 1);
  }
  size_t score(const std::string& name, size_t trust) const { return 8 * kinship(name) + (folders_.contains(place_of_module(name)) ? 4 : 0) + trust; }

  /// A family may spell a name in several ways: the way this checkpoint spells it in other layers, or lies nearest to what it has.
  void name_missing(const WeightRequest& request, TensorProblem& problem) const {
    size_t best = problem.name.empty() ? 0 : score(problem.name, 1);
    bool seen = false;  // elsewhere in this checkpoint
    const auto consider = [&](const std::string& name, const Shape& expected, size_t trust) {
      if (score(name, trust) <= best) return;
      best = score(name, trust);
      seen = trust > 1;
      problem.name = name;
      problem.expected = expected;
    };
    const std::vector<std::string> spellings = possible_names(architecture_, request.canonical, source_);
    for (const std::string& name : spellings)
      if (!source_.find(name)) consider(name, whole(name, request.expected), 1);  // one that is there is another piece of a fused weight
    const LayerName own(request.canonical);
    for (const WeightRequest& other : requests_) {
      if (own.layer < 0 || other.outcome != Outcome::fits || !other.canonical.ends_with(own.after) || !(other.expected == request.expected)) continue;
      const LayerName place(other.canonical);
      if (place.layer < 0 || place.layer == own.layer || place.after != own.after || place.before != own.before) continue;
      for (const Piece& piece : other.recipe.pieces) {
        const std::string name = with_number(piece.source, place.layer, own.layer);
        if (!source_.find(name)) consider(name, source_.find(piece.source)->shape, 2);
      }
    }
    for (const std::string& name : spellings)
      if (!seen && name != problem.name && !source_.find(name)) problem.also += cat(" or ", name);
  }

  const Architecture& architecture_;
  const WeightSource& source_;
  std::span<const WeightRequest> requests_;
  struct Part {
    const WeightRequest* request;
    const Piece* piece;
  };
  std::multimap<std::string_view, Part> parts_;  // by stored name
  std::set<std::string> folders_;
};

}  // namespace

std::vector<std::string> unused_tensors(const WeightSource& source, const std::map<std::string, std::vector<std::string>>& used) {
  std::set<std::string_view> named{"rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"};  // of a GGUF: read as configuration
  for (const auto& [canonical, stored] : used) named.insert(stored.begin(), stored.end());
  std::vector<std::string> unused;
  for (const TensorInfo& info : source.tensors())
    if (!named.contains(info.name)) unused.push_back(info.name);
  return unused;
}

/// use(architecture, loader) with everything asked of the headers that the model asks for.
template <class Use>
static auto with_headers(const WeightSource& source, const std::shared_ptr<Backend>& backend, Use&& use) {
  const Architecture& architecture = match_architecture(source);
  const ModelSpec spec = read_spec(architecture, source);
  WeightLoader headers(architecture, spec, source, *backend, {}, WeightLoader::Mode::headers);
  build_model(spec, headers, backend);
  return use(architecture, headers);
}

TensorCheck check_tensors(const WeightSource& source, const std::shared_ptr<Backend>& backend) {
  return with_headers(source, backend, [&](const Architecture& architecture, const WeightLoader& headers) {
    return TensorCheck{.problems = Explanation(architecture, source, headers.requests()).problems(), .unused = unused_tensors(source, headers.used())};
  });
}

std::string contradicting_entry(const WeightSource& source, const std::shared_ptr<Backend>& backend) {
  return with_headers(source, backend, [&](const Architecture& architecture, const WeightLoader& headers) {
    return blamed_entry(architecture, source, headers.requests(), backend);
  });
}

void require_fit(const Architecture& architecture, const WeightSource& source, std::span<const WeightRequest> requests,
                 const std::shared_ptr<Backend>& backend) {
  if (std::none_of(requests.begin(), requests.end(), [](const WeightRequest& request) { return request.fails(); })) return;
  const std::vector<TensorProblem> problems = Explanation(architecture, source, requests).problems();
  std::string list;
  for (size_t i = 0; i < problems.size() && i < 8; ++i) list += (i ? "; " : "") + problems[i].text;
  if (problems.size() > 8) list += cat("; and ", problems.size() - 8, " more");
  const std::string blame = blamed_entry(architecture, source, requests, backend);
  throw Error(ErrorKind::format,
              cat(problems.size(), problems.size() == 1 ? " tensor does" : " tensors do", " not fit architecture ", architecture.id, ": ", list,
                  blame.empty() ? "" : ". ", blame),
              "check that config and weights belong together and that the download is complete",
              source.files().size() == 1 ? source.files()[0].string() : source.path().string());
}

}  // namespace vitrine
