// TensorFlow's eager operators for Node, by its C API (libtensorflow 2.x): what a backend needs to run
// operators, and no more. A context belongs to the thread that opened it; nothing here is shared between
// threads. No memory of JavaScript is ever lent to TensorFlow: it may let go of it on a thread of its own,
// where Node cannot be called. Faults of TensorFlow become exceptions; where it aborts, the process ends.
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>
#include "node-call.h"
#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

namespace {

struct Status {
  TF_Status* const raw = TF_NewStatus();
  ~Status() { TF_DeleteStatus(raw); }
  void check() const { if (TF_GetCode(raw) != TF_OK) throw Failure(TF_Message(raw)); }
};

template <typename T, void (*Delete)(T*)> struct Deleter {
  void operator()(T* it) const {
    if (it != nullptr) Delete(it);
  }
};
using Tensor = std::unique_ptr<TF_Tensor, Deleter<TF_Tensor, TF_DeleteTensor>>;
using Handle = std::unique_ptr<TFE_TensorHandle, Deleter<TFE_TensorHandle, TFE_DeleteTensorHandle>>;
using Op = std::unique_ptr<TFE_Op, Deleter<TFE_Op, TFE_DeleteOp>>;
using Context = std::unique_ptr<TFE_Context, Deleter<TFE_Context, TFE_DeleteContext>>;
using Devices = std::unique_ptr<TF_DeviceList, Deleter<TF_DeviceList, TF_DeleteDeviceList>>;
using Options = std::unique_ptr<TFE_ContextOptions, Deleter<TFE_ContextOptions, TFE_DeleteContextOptions>>;

/** Of one thread of Node. The context is declared first, so that it goes last. */
struct Runtime {
  Context context;
  std::string device;
  std::unordered_map<int32_t, Handle> handles;
  int32_t next = 1;

  int32_t keep(Handle handle) {
    // A process that runs for months comes round.
    while (next <= 0 || handles.count(next) != 0) next = next <= 0 ? 1 : next + 1;
    handles.emplace(next, std::move(handle));
    return next++;
  }
  TFE_TensorHandle* at(int32_t id) const {
    const auto found = handles.find(id);
    if (found == handles.end())
      throw Failure("tensor " + std::to_string(id) + " does not exist, or was removed");
    return found->second.get();
  }
  TFE_Context* open() const {
    if (!context) throw Failure("no context is open in this thread; call open first");
    return context.get();
  }
};

struct Call : NodeCall<Runtime> {
  int64_t whole(napi_value value) const {
    int64_t out;
    ok(napi_get_value_int64(env, value, &out));
    return out;
  }
  double real(napi_value value) const { double out; ok(napi_get_value_double(env, value, &out)); return out; }
  uint32_t length(napi_value list) const {
    uint32_t out;
    ok(napi_get_array_length(env, list, &out));
    return out;
  }
  napi_value item(napi_value list, uint32_t i) const {
    napi_value out;
    ok(napi_get_element(env, list, i, &out));
    return out;
  }
  template <typename T, typename Read> std::vector<T> list(napi_value value, Read read) const {
    std::vector<T> out;
    for (uint32_t i = 0, n = length(value); i < n; i++) out.push_back(static_cast<T>(read(item(value, i))));
    return out;
  }
  std::vector<int64_t> wholes(napi_value value) const {
    return list<int64_t>(value, [this](napi_value v) { return whole(v); });
  }
  std::pair<const void*, size_t> bytes(napi_value value) const {
    napi_typedarray_type type;
    size_t count, offset;
    void* data;
    napi_value buffer;
    ok(napi_get_typedarray_info(env, value, &type, &count, &data, &buffer, &offset));
    const size_t width =
        type == napi_float64_array || type == napi_bigint64_array || type == napi_biguint64_array ? 8
      : type == napi_float32_array || type == napi_int32_array || type == napi_uint32_array ? 4
      : type == napi_int16_array || type == napi_uint16_array ? 2 : 1;
    return {data, count * width};
  }
};

/**
 * open(config, type): a context with the bytes of a tensorflow.ConfigProto on the first device of a type, CPU
 * or GPU; the device's name.
 */
napi_value open(Call& call) {
  Status status;
  const auto [config, size] = call.bytes(call.args.at(0));
  const std::string type = call.text(call.args.at(1));
  const Options options(TFE_NewContextOptions());
  TFE_ContextOptionsSetConfig(options.get(), config, size, status.raw);
  status.check();
  Context context(TFE_NewContext(options.get(), status.raw));
  status.check();
  const Devices devices(TFE_ContextListDevices(context.get(), status.raw));
  status.check();
  std::string device;
  for (int i = 0; i < TF_DeviceListCount(devices.get()) && device.empty(); i++) {
    if (type == TF_DeviceListType(devices.get(), i, status.raw))
      device = TF_DeviceListName(devices.get(), i, status.raw);
    status.check();
  }
  if (device.empty()) throw Failure("TensorFlow sees no device of type " + type);
  call.held.handles.clear();
  call.held.context = std::move(context);
  call.held.device = device;
  napi_value out;
  call.ok(napi_create_string_utf8(call.env, device.c_str(), device.size(), &out));
  return out;
}

/**
 * tensor(type, dims, data): a copy of a typed array as a tensor; on a GPU what is not an int32 is moved
 * there. Its id.
 */
napi_value tensor(Call& call) {
  Status status;
  const auto type = static_cast<TF_DataType>(call.number(call.args.at(0)));
  const auto dims = call.wholes(call.args.at(1));
  const auto [data, size] = call.bytes(call.args.at(2));
  size_t expected = TF_DataTypeSize(type);
  for (const int64_t dim : dims) expected *= static_cast<size_t>(dim);
  if (expected != size)
    throw Failure("a tensor of " + std::to_string(expected) + " bytes was given " + std::to_string(size));
  const Tensor copy(TF_AllocateTensor(type, dims.data(), static_cast<int>(dims.size()), size));
  if (!copy) throw Failure("out of memory: " + std::to_string(size) + " bytes for a tensor");
  if (size > 0) std::memcpy(TF_TensorData(copy.get()), data, size);
  Handle handle(TFE_NewTensorHandle(copy.get(), status.raw));
  status.check();
  if (call.held.device.find("GPU") != std::string::npos && type != TF_INT32) {
    handle.reset(TFE_TensorHandleCopyToDevice(handle.get(), call.held.open(), call.held.device.c_str(),
                                              status.raw));
    status.check();
  }
  return call.number(call.held.keep(std::move(handle)));
}

void attribute(const Call& call, TFE_Op* op, const std::string& name, const std::string& kind,
               napi_value value) {
  if (kind == "int") TFE_OpSetAttrInt(op, name.c_str(), call.whole(value));
  else if (kind == "float") TFE_OpSetAttrFloat(op, name.c_str(), static_cast<float>(call.real(value)));
  else if (kind == "bool") TFE_OpSetAttrBool(op, name.c_str(), call.number(value) != 0);
  else if (kind == "type") TFE_OpSetAttrType(op, name.c_str(), static_cast<TF_DataType>(call.number(value)));
  else if (kind == "text") {
    const auto text = call.text(value);
    TFE_OpSetAttrString(op, name.c_str(), text.data(), text.size());
  }
  else if (kind == "ints") {
    const auto ints = call.wholes(value);
    TFE_OpSetAttrIntList(op, name.c_str(), ints.data(), static_cast<int>(ints.size()));
  }
  else throw Failure("attribute \"" + name + "\" of unknown kind \"" + kind + "\"");
}

/**
 * execute(name, attributes as [name, kind, value, …], ids of inputs, number of outputs): for each output id,
 * type, rank, dimensions, in one list.
 */
napi_value execute(Call& call) {
  Status status;
  const Op op(TFE_NewOp(call.held.open(), call.text(call.args.at(0)).c_str(), status.raw));
  status.check();
  TFE_OpSetDevice(op.get(), call.held.device.c_str(), status.raw);
  status.check();
  for (const int32_t id : call.list<int32_t>(call.args.at(2), [&](napi_value v) { return call.number(v); })) {
    TFE_OpAddInput(op.get(), call.held.at(id), status.raw);
    status.check();
  }
  for (uint32_t i = 0, n = call.length(call.args.at(1)); i + 2 < n; i += 3) {
    attribute(call, op.get(), call.text(call.item(call.args.at(1), i)),
              call.text(call.item(call.args.at(1), i + 1)), call.item(call.args.at(1), i + 2));
  }
  int count = call.number(call.args.at(3));
  if (count < 0 || count > 4096) throw Failure("an operator with " + std::to_string(count) + " outputs");
  std::vector<TFE_TensorHandle*> raw(static_cast<size_t>(count), nullptr);
  TFE_Execute(op.get(), raw.data(), &count, status.raw);
  std::vector<Handle> made(raw.begin(), raw.end());
  status.check();
  std::vector<int64_t> facts;
  for (int i = 0; i < count; i++) {
    TFE_TensorHandle* const handle = made[static_cast<size_t>(i)].get();
    const int rank = TFE_TensorHandleNumDims(handle, status.raw);
    status.check();
    const auto type = static_cast<int64_t>(TFE_TensorHandleDataType(handle));
    std::vector<int64_t> dims;
    for (int d = 0; d < rank; d++) {
      dims.push_back(TFE_TensorHandleDim(handle, d, status.raw));
      status.check();
    }
    facts.insert(facts.end(), {call.held.keep(std::move(made[static_cast<size_t>(i)])), type, rank});
    facts.insert(facts.end(), dims.begin(), dims.end());
  }
  napi_value out;
  call.ok(napi_create_array_with_length(call.env, facts.size(), &out));
  for (size_t i = 0; i < facts.size(); i++)
    call.ok(napi_set_element(call.env, out, static_cast<uint32_t>(i), call.number(facts[i])));
  return out;
}

/** read(id): a copy of a tensor's bytes, as an ArrayBuffer. */
napi_value read(Call& call) {
  Status status;
  const Tensor resolved(TFE_TensorHandleResolve(call.held.at(call.number(call.args.at(0))), status.raw));
  status.check();
  const size_t size = TF_TensorByteSize(resolved.get());
  void* data;
  napi_value out;
  call.ok(napi_create_arraybuffer(call.env, size, &data, &out));
  if (size > 0) std::memcpy(data, TF_TensorData(resolved.get()), size);
  return out;
}

/** remove(id): lets a tensor go. */
napi_value remove(Call& call) {
  const int32_t id = call.number(call.args.at(0));
  call.held.at(id);
  call.held.handles.erase(id);
  return nullptr;
}

/** count(): tensors of this thread that were not removed. */
napi_value count(Call& call) { return call.number(static_cast<int64_t>(call.held.handles.size())); }

napi_value version(Call& call) {
  napi_value out;
  call.ok(napi_create_string_utf8(call.env, TF_Version(), NAPI_AUTO_LENGTH, &out));
  return out;
}

}  // namespace

NAPI_MODULE_INIT() {
  hold<Call>(env);
  define<Call, open>(env, exports, "open");
  define<Call, tensor>(env, exports, "tensor");
  define<Call, execute>(env, exports, "execute");
  define<Call, read>(env, exports, "read");
  define<Call, remove>(env, exports, "remove");
  define<Call, count>(env, exports, "count");
  define<Call, version>(env, exports, "version");
  return exports;
}
