// SPDX-License-Identifier: Apache-2.0
// Commands and events <-> JSON: the leaf values (text, numbers, tensors, errors), the names of enumerations, the entry
// points.
#include "engine/run/command_json.h"

#include <span>

#include "engine/core/base64.h"
#include "engine/run/json_fields.h"
#include "engine/run/json_reader.h"
#include "engine/run/json_writer.h"

namespace vitrine {

void json_error(const std::string& where, const std::string& message) {
  throw Error(ErrorKind::input, message, "see the field names and types of engine/run/command.h",
              where.empty() ? "JSON" : where);
}

Json parse_json(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& e) {
    throw Error(ErrorKind::input, cat("not valid JSON: ", e.what()), "", "JSON");
  }
}

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
static bool valid_utf8(std::string_view s) noexcept {
  for (size_t i = 0; i < s.size();) {
    const auto byte = [&](size_t k) { return k < s.size() ? uint8_t(s[k]) : uint8_t(0); };
    const uint8_t b = byte(i), next = byte(i + 1);
    const size_t length = b < 0x80                 ? 1
                          : b >= 0xC2 && b <= 0xDF ? 2
                          : (b & 0xF0) == 0xE0     ? 3
                          : b >= 0xF0 && b <= 0xF4 ? 4
                                                   : 0;
    if (length == 0) return false;
    for (size_t k = 1; k < length; ++k)
      if ((byte(i + k) & 0xC0) != 0x80) return false;
    if ((b == 0xE0 && next < 0xA0) || (b == 0xED && next > 0x9F) || (b == 0xF0 && next < 0x90) ||
        (b == 0xF4 && next > 0x8F))
      return false;
    i += length;
  }
  return true;
}

Json json_of_text(const std::string& text) {
  if (valid_utf8(text)) return text;
  return Json{{"base64", base64_encode(std::as_bytes(std::span(text)))}};
}

static std::vector<std::byte> bytes_of_json(const Json& in, const std::string& where) {
  if (in.is_string())
    if (auto bytes = base64_decode(in.get_ref<const std::string&>())) return std::move(*bytes);
  json_error(where, "expected base64");
}

std::string text_of_json(const Json& in, const std::string& where) {
  if (in.is_string()) return in.get<std::string>();
  if (!in.is_object() || in.size() != 1 || !in.contains("base64")) json_error(where, "expected text");
  const std::vector<std::byte> bytes = bytes_of_json(in["base64"], where);
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Json json_of_double(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double double_of_json(const Json& in, const std::string& where) {
  if (in.is_number()) return in.get<double>();
  if (in == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (in == "inf") return std::numeric_limits<double>::infinity();
  if (in == "-inf") return -std::numeric_limits<double>::infinity();
  json_error(where, "expected a number");
}

Json json_of_block(const HostBlock& block, const BlobSink& blobs) {
  Json shape = Json::array();
  for (int i = 0; i < block.shape().rank(); ++i) shape.push_back(block.shape()[i]);
  Json out{{"dtype", std::string(dtype_info(block.dtype()).name)}, {"shape", std::move(shape)}};
  if (blobs)
    out["blob"] = blobs(block.bytes());
  else
    out["base64"] = base64_encode(block.bytes());
  return out;
}

std::shared_ptr<const HostBlock> block_of_json(const Json& in, const std::string& where, const BlobSource& blobs) {
  if (in.is_null()) return nullptr;
  if (!in.is_object() || in.size() != 3 || !in.contains("dtype") || !in.contains("shape"))
    json_error(where, "expected a tensor: dtype, shape and base64 or blob");
  JsonReader reader(blobs);
  DType dtype = DType::f32;
  Shape shape;
  reader.read(in["dtype"], dtype, where + ".dtype");
  reader.read(in["shape"], shape, where + ".shape");
  std::vector<std::byte> bytes;
  if (in.contains("base64")) {
    bytes = bytes_of_json(in["base64"], where + ".base64");
  } else if (in.contains("blob") && in["blob"].is_string() && blobs) {
    bytes = blobs(in["blob"].get<std::string>());
  } else {
    json_error(where, "the tensor's bytes are missing");
  }
  const DTypeInfo& info = dtype_info(dtype);
  int64_t elements = 1;
  for (int i = 0; i < shape.rank(); ++i)
    if (shape[i] < 0 || __builtin_mul_overflow(elements, shape[i], &elements))
      json_error(where, "shape " + shape.str() + " is impossible");
  int64_t expected = 0;
  if (elements % info.block_elements != 0 ||
      __builtin_mul_overflow(elements / info.block_elements, int64_t(info.block_bytes), &expected) ||
      expected != int64_t(bytes.size()))
    json_error(where, cat("shape ", shape.str(), " of ", info.name, " does not hold ", bytes.size(), " bytes"));
  return std::make_shared<const HostBlock>(shape, dtype, std::move(bytes));
}

Json json_of_error(const Error& error) {
  return Json{{"kind", std::string(error_kind_name(error.kind()))},
              {"message", json_of_text(error.message())},
              {"hint", json_of_text(error.hint())},
              {"context", json_of_text(error.context())}};
}

std::shared_ptr<const Error> error_of_json(const Json& in, const std::string& where) {
  if (in.is_null()) return nullptr;
  if (!in.is_object() || in.size() != 4) json_error(where, "expected kind, message, hint and context");
  const auto text = [&](const char* key) {
    if (!in.contains(key)) json_error(where, cat("\"", key, "\" is missing"));
    return text_of_json(in[key], where + "." + key);
  };
  ErrorKind kind = ErrorKind::bug;
  JsonReader({}).read(Json(text("kind")), kind, where + ".kind");
  return std::make_shared<const Error>(kind, text("message"), text("hint"), text("context"));
}

#define VT_NAMES(type, ...)                                     \
  std::span<const std::string_view> EnumNames<type>::names() {  \
    static constexpr std::string_view kNames[] = {__VA_ARGS__}; \
    return kNames;                                              \
  }
VT_NAMES(Precision, "fast", "exact")
VT_NAMES(Activation, "identity", "silu", "gelu", "gelu_tanh", "gelu_quick", "relu", "relu_squared", "tanh", "sigmoid")
VT_NAMES(Mixer, "none", "attention", "latent", "mamba", "mamba2", "rwkv", "rg_lru", "short_conv", "gated_delta")
VT_NAMES(Ffn, "none", "mlp", "glu", "channel_mix", "moe")
VT_NAMES(RouteRule::Score, "softmax", "sigmoid", "softmax_of_chosen", "sparse_mixer")
VT_NAMES(NormKind, "rms", "layer")
VT_NAMES(NormPlacement, "pre", "post", "sandwich", "output", "rebased")
VT_NAMES(QkNormSpan, "head", "heads", "width")
VT_NAMES(RopeSpec::Kind, "none", "standard", "linear", "dynamic", "yarn", "llama3", "longrope")
VT_NAMES(Inspect::What, "attention_tile", "attention_heads", "attention_row", "attention_mean", "logits")
VT_NAMES(Inspect::Attention, "self", "cross", "encoder")
VT_NAMES(EarlyStopping, "no", "yes", "never")
VT_NAMES(StopReason, "end_of_generation", "stop_string", "max_tokens", "context_full", "cancelled")
VT_NAMES(JobEnded::Outcome, "done", "cancelled", "failed")
VT_NAMES(ErrorKind, "io", "format", "unsupported", "memory", "input", "cancelled", "bug")
#undef VT_NAMES

std::span<const std::string_view> EnumNames<Site>::names() {
  static constexpr std::string_view kNames[] = {
#define VT_SITE(id, lens_name, shape) #id,
#include "engine/exec/sites.def"
#undef VT_SITE
  };
  return kNames;
}

std::span<const std::string_view> EnumNames<DType>::names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const DTypeInfo& info : dtypes()) all.push_back(info.name);
    return all;
  }();
  return names;
}

static std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::strict); }

std::string command_to_json(const Command& command) { return text_of(JsonWriter({}).write(command)); }

Command command_from_json(std::string_view json) {
  Command command;
  JsonReader({}).read(parse_json(json), command, "");
  return command;
}

std::string event_to_json(const Event& event, const BlobSink& blobs) {
  Json out = JsonWriter(blobs).write(event.body);
  out["job"] = event.job;
  return text_of(out);
}

Event event_from_json(std::string_view json, const BlobSource& blobs) {
  Json in = parse_json(json);
  if (!in.is_object()) json_error("", "expected an object");
  Event event;
  if (const auto job = in.find("job"); job != in.end()) {
    JsonReader({}).read(*job, event.job, "job");
    in.erase(job);
  }
  JsonReader(blobs).read(in, event.body, "");
  return event;
}

template <class Variant>
static std::string_view type_name(const Variant& value) noexcept {
  return std::visit([](const auto& v) { return TypeName<std::remove_cvref_t<decltype(v)>>::value; }, value);
}
std::string_view event_type_name(const EventBody& body) noexcept { return type_name(body); }
std::string_view command_type_name(const Command& command) noexcept { return type_name(command); }

}  // namespace vitrine
