export { toArrayType, type DataType, type TypedArray } from './data-type.js';
export { GraphBuilder } from './graph.builder.js';
export {
  type Attribute,
  type Attributes,
  type Dim,
  float,
  type FloatAttribute,
  type FloatsAttribute,
  type Graph,
  type GraphAttribute,
  type Node,
  type OutputInfo,
  listReads,
  type TensorAttribute,
  type ValueInfo,
} from './graph.js';
export { type DecodeLimits, decodeModel } from './model.decoder.js';
export { encodeModel } from './model.encoder.js';
export { prune } from './prune.js';
export { elementCount, float32, int64, type TensorData } from './tensor.js';
export type { ExternalFiles } from './tensor.decoder.js';
