import { HALF_PIXEL_CENTERS, snakeCase } from '@noema/layers';
import { notInKeras } from '../export.errors.js';

type Json = Readonly<Record<string, unknown>>;

/** Kinds of layers here that Keras 3 has no layer of. */
const MISSING: ReadonlySet<string> = new Set([
  ...['Onnx', 'RNN', 'ThresholdedReLU'],
  ...['NotEqual', 'Any', 'LogicalOr', 'ExpandDims', 'ZerosLike', 'OnesLike'],
]);
/** Activations that Keras 3 does not have, or computes in another way under the name. */
const OTHER_ACTIVATIONS: ReadonlySet<string> = new Set(['gelu_new']);
/** Settings of Keras 2 and TF.js that Keras 3 does not take, and settings that no prediction depends on. */
const DROPPED = new RegExp(
  `^(${[
    'batch_input_shape',
    'batch_shape',
    'input_shape',
    'batch_size',
    'input_dtype',
    'dtype',
    'autocast',
    'data_format',
    'ragged',
    'sparse',
    'time_major',
    'implementation',
    'fused',
    'renorm.*',
    'virtual_batch_size',
    'input_length',
    'flash_attention',
    'query_shape',
    'key_shape',
    'value_shape',
    'build_input_shape',
    'half_pixel_centers',
    '.*_initializer',
  ].join('|')})$`,
);
const PENALTIES = { regularizer: 'keras.regularizers', constraint: 'keras.constraints' } as const;

/** As Keras 3 writes a type. Readers distinguish its settings from Keras 2 by it. */
const FLOAT32 = {
  module: 'keras',
  class_name: 'DTypePolicy',
  config: { name: 'float32' },
  registered_name: null,
};

/** Kinds that run over the steps of a series. */
export const RECURRENT: ReadonlySet<string> = new Set(['SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D']);

/** Settings of a layer in the form of Keras 3. Throws `unsupported` EXPORT_LAYER_UNSUPPORTED with its name. */
export function kerasConfig(kind: string, name: string, config: Json): Json {
  const isKeras3 = typeof config['dtype'] === 'object' && config['dtype'] !== null;
  if (config['interpolation'] === 'bilinear' && !isKeras3 && config[HALF_PIXEL_CENTERS] !== true)
    throw notInKeras(name, 'interpolates as TF.js does, between the corners of pixels');
  if (MISSING.has(kind)) throw notInKeras(name, `is of kind ${kind}, which Keras 3 does not have`);
  const settings = Object.entries(config)
    .map(([key, value]): [string, unknown] => [snakeCase(key), value])
    .filter(([key, value]) => !DROPPED.test(key) && value !== null && value !== undefined)
    .map(([key, value]): [string, unknown] => [
      key,
      /(^|_)activation$/.test(key)
        ? activation(value, name, isKeras3)
        : key === 'layer' || key === 'backward_layer'
          ? wrapped(value, name)
          : penalty(key, value),
    ]);
  return { ...Object.fromEntries(settings), name, dtype: FLOAT32 };
}

function activation(value: unknown, layer: string, isKeras3: boolean): unknown {
  const named =
    typeof value === 'object' && value !== null && 'class_name' in value ? value.class_name : value;
  if (typeof named !== 'string') return value;
  const key = snakeCase(named);
  if (OTHER_ACTIVATIONS.has(key))
    throw notInKeras(layer, `has activation ${key}, which Keras 3 does not have`);
  if (key === 'hard_sigmoid' && !isKeras3)
    throw notInKeras(layer, 'has activation hard_sigmoid, which Keras 3 computes in another way');
  return key === 're_lu' ? 'relu' : key;
}

/** A layer inside a layer. */
function wrapped(spec: unknown, owner: string): unknown {
  const { class_name: kind, config = {} } = spec as { class_name?: unknown; config?: Json };
  if (typeof kind !== 'string' || Array.isArray(config) || 'layers' in config)
    throw notInKeras(owner, 'wraps a model, which is not written');
  const name = typeof config['name'] === 'string' ? config['name'] : snakeCase(kind);
  return {
    module: 'keras.layers',
    class_name: kind,
    config: kerasConfig(kind, name, config),
    registered_name: null,
  };
}

function penalty(key: string, value: unknown): unknown {
  const kind = /_(regularizer|constraint)$/.exec(key)?.[1] as keyof typeof PENALTIES | undefined;
  if (kind === undefined || typeof value !== 'object' || value === null || 'module' in value) return value;
  return { module: PENALTIES[kind], registered_name: null, ...value };
}
