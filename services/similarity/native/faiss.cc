// One index of faiss for Node, by its C++ API (libfaiss 1.7.3 or later): what the similarity service asks of
// it, and no more. Values cross as typed arrays and are read where they lie. Exceptions of faiss become
// exceptions of JavaScript; where it aborts or reads beyond its bytes, the process ends.
#include <faiss/Index.h>
#include <faiss/impl/io.h>
#include <faiss/index_factory.h>
#include <faiss/index_io.h>
#include <faiss/utils/distances.h>
#include <omp.h>
#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>
#include "node-call.h"

namespace {

/** Queries × rows whose products lie in a core's cache together: 512 KiB of float32. */
constexpr int QUERY_BLOCK = 256, ROW_BLOCK = 512;
/** Fewest queries of a piece of work; below 20 faiss multiplies no matrices. */
constexpr int64_t LEAST_QUERIES = 32;
/** Pieces a thread, so that one whose core is taken away does not hold up the others. */
constexpr int64_t PIECES = 4;

/** Of one thread of Node. */
struct Held {
  std::unique_ptr<faiss::Index> index;

  faiss::Index& get() const {
    if (!index) throw Failure("there is no index yet");
    return *index;
  }
};

struct Call : NodeCall<Held> {
  template <typename T>
  std::pair<const T*, size_t> array(napi_value value, napi_typedarray_type expected) const {
    napi_typedarray_type type;
    size_t count, offset;
    void* data;
    napi_value buffer;
    ok(napi_get_typedarray_info(env, value, &type, &count, &data, &buffer, &offset));
    if (type != expected) throw Failure("an array of another type");
    return {static_cast<const T*>(data), count};
  }
  /** Vectors [n, d] of the index's dimensions. */
  std::pair<const float*, int64_t> vectors(napi_value value) const {
    const auto [data, count] = array<float>(value, napi_float32_array);
    const auto d = static_cast<size_t>(held.get().d);
    if (count % d != 0)
      throw Failure(std::to_string(count) + " values are no vectors of " + std::to_string(d) + " dimensions");
    return {data, static_cast<int64_t>(count / d)};
  }
};

/**
 * create(dimensions, description, metric): an empty index of faiss' factory takes the place of what was held.
 */
napi_value create(Call& call) {
  const auto metric = static_cast<faiss::MetricType>(call.number(call.args.at(2)));
  const auto dimensions = call.number(call.args.at(0));
  call.held.index.reset(faiss::index_factory(dimensions, call.text(call.args.at(1)).c_str(), metric));
  return nullptr;
}

/** add(values): appends vectors, float32 [n, d]. */
napi_value add(Call& call) {
  faiss::Index& index = call.held.get();
  const auto [data, n] = call.vectors(call.args.at(0));
  if (!index.is_trained) throw Failure("the index is not trained");
  index.add(n, data);
  return nullptr;
}

/** Rows of the k nearest of queries [from, to), −1 for none, nearest first. */
void searchPiece(const faiss::Index& index, const float* queries, int64_t from, int64_t to, int64_t k,
                 int32_t* rows) {
  std::vector<float> scores(static_cast<size_t>((to - from) * k));
  std::vector<int64_t> labels(scores.size());
  index.search(to - from, queries + from * index.d, k, scores.data(), labels.data());
  std::copy(labels.begin(), labels.end(), rows + from * k);
}

/**
 * search(queries, k): int32 [m, k]. Pieces of the queries go to the threads of OpenMP, and within a piece
 * faiss uses one.
 */
napi_value search(Call& call) {
  const faiss::Index& index = call.held.get();
  // Not bound by structure: OpenMP shares no such names.
  const auto given = call.vectors(call.args.at(0));
  const float* const queries = given.first;
  const int64_t m = given.second, k = call.number(call.args.at(1));
  if (k < 1 || k > index.ntotal)
    throw Failure("k is " + std::to_string(k) + ", but there are " + std::to_string(index.ntotal) + " rows");
  void* memory;
  napi_value buffer, out;
  const size_t count = static_cast<size_t>(m * k);
  call.ok(napi_create_arraybuffer(call.env, count * sizeof(int32_t), &memory, &buffer));
  call.ok(napi_create_typedarray(call.env, napi_int32_array, count, buffer, 0, &out));
  const int64_t pieces = PIECES * omp_get_max_threads();
  const int64_t piece = std::max(LEAST_QUERIES, (m + pieces - 1) / pieces);
  std::exception_ptr fault;
#pragma omp parallel for schedule(dynamic) if (m > piece)
  for (int64_t from = 0; from < m; from += piece) {
    try {
      searchPiece(index, queries, from, std::min(m, from + piece), k, static_cast<int32_t*>(memory));
    } catch (...) {
#pragma omp critical
      fault = std::current_exception();
    }
  }
  if (fault) std::rethrow_exception(fault);
  return out;
}

/** save(): the index in faiss' own format, as an ArrayBuffer. */
napi_value save(Call& call) {
  faiss::VectorIOWriter writer;
  faiss::write_index(&call.held.get(), &writer);
  void* memory;
  napi_value out;
  call.ok(napi_create_arraybuffer(call.env, writer.data.size(), &memory, &out));
  std::memcpy(memory, writer.data.data(), writer.data.size());
  return out;
}

/**
 * Above this, a count that faiss reads must not exceed the bytes that are left. Below lie constants of its
 * format, and what they could allocate is small.
 */
constexpr uint64_t SMALL_COUNT = 1 << 20;

/**
 * Bytes where they lie. A count of elements that cannot be there ends the reading before faiss allocates for
 * it.
 */
struct Bytes : faiss::IOReader {
  const uint8_t* at;
  const uint8_t* const end;

  Bytes(const uint8_t* data, size_t size) : at(data), end(data + size) {}
  size_t operator()(void* out, size_t size, size_t count) override {
    const size_t whole = size == 0 ? 0 : std::min(count, static_cast<size_t>(end - at) / size);
    if (whole == 1 && size == sizeof(uint64_t)) {
      uint64_t elements;
      std::memcpy(&elements, at, sizeof elements);
      if (elements > std::max<uint64_t>(SMALL_COUNT, end - at)) return 0;
    }
    std::memcpy(out, at, size * whole);
    at += size * whole;
    return whole;
  }
};

/** load(bytes): an index that `save` gave takes the place of what was held. */
napi_value load(Call& call) {
  const auto [data, size] = call.array<uint8_t>(call.args.at(0), napi_uint8_array);
  Bytes bytes(data, size);
  call.held.index.reset(faiss::read_index(&bytes));
  return nullptr;
}

napi_value rows(Call& call) { return call.number(static_cast<int64_t>(call.held.get().ntotal)); }

napi_value dimensions(Call& call) { return call.number(static_cast<int64_t>(call.held.get().d)); }

}  // namespace

NAPI_MODULE_INIT() {
  faiss::distance_compute_blas_query_bs = QUERY_BLOCK;
  faiss::distance_compute_blas_database_bs = ROW_BLOCK;
  hold<Call>(env);
  define<Call, create>(env, exports, "create");
  define<Call, add>(env, exports, "add");
  define<Call, search>(env, exports, "search");
  define<Call, save>(env, exports, "save");
  define<Call, load>(env, exports, "load");
  define<Call, rows>(env, exports, "rows");
  define<Call, dimensions>(env, exports, "dimensions");
  return exports;
}
