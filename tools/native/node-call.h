// What our native parts share: functions of C++ that Node calls, each thread with what it holds itself.
// Exceptions of C++ become exceptions of JavaScript.
#pragma once
#include <node_api.h>
#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

struct Failure : std::runtime_error { using std::runtime_error::runtime_error; };

/** An exception of JavaScript is pending already. */
struct Pending {};

/** One call, its arguments read by type, and what its thread holds. */
template <typename State> struct NodeCall {
  using Holds = State;

  napi_env env;
  std::vector<napi_value> args;
  State& held;

  void ok(napi_status status) const {
    if (status == napi_ok) return;
    bool pending = false;
    if (napi_is_exception_pending(env, &pending) == napi_ok && pending) throw Pending{};
    throw Failure("argument of a wrong type");
  }
  int32_t number(napi_value value) const {
    int32_t out;
    ok(napi_get_value_int32(env, value, &out));
    return out;
  }
  std::string text(napi_value value) const {
    size_t length;
    ok(napi_get_value_string_utf8(env, value, nullptr, 0, &length));
    std::string out(length, '\0');
    ok(napi_get_value_string_utf8(env, value, out.data(), length + 1, &length));
    return out;
  }
  napi_value number(int64_t value) const {
    napi_value out;
    ok(napi_create_int64(env, value, &out));
    return out;
  }
};

constexpr size_t MOST_ARGUMENTS = 4;

template <typename Call, napi_value (*Body)(Call&)>
napi_value guarded(napi_env env, napi_callback_info info) {
  size_t given = MOST_ARGUMENTS;
  std::vector<napi_value> args(given);
  typename Call::Holds* held = nullptr;
  if (napi_get_cb_info(env, info, &given, args.data(), nullptr, nullptr) != napi_ok ||
      napi_get_instance_data(env, reinterpret_cast<void**>(&held)) != napi_ok || held == nullptr) {
    napi_throw_error(env, nullptr, "the library was not initialised in this thread");
    return nullptr;
  }
  args.resize(std::min(given, MOST_ARGUMENTS));
  try {
    Call call{{env, std::move(args), *held}};
    return Body(call);
  } catch (const Pending&) {
  } catch (const std::exception& failure) {
    napi_throw_error(env, nullptr, failure.what());
  }
  return nullptr;
}

/** Makes what this thread holds; it goes with the thread. */
template <typename Call> void hold(napi_env env) {
  using State = typename Call::Holds;
  const auto end = [](napi_env, void* data, void*) { delete static_cast<State*>(data); };
  napi_set_instance_data(env, new State(), end, nullptr);
}

template <typename Call, napi_value (*Body)(Call&)>
void define(napi_env env, napi_value exports, const char* name) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, guarded<Call, Body>, nullptr, &function) == napi_ok)
    napi_set_named_property(env, exports, name, function);
}
