import type { Weights } from '@noema/engine';
import type { CompiledModel, ParameterSpec } from '@noema/layers';
import { fileInvalid } from '../import.errors.js';
import type { FileWeight } from '../layers/weights.matching.js';
import type { Hdf5Reader } from './hdf5.reader.js';
import { groupName, nameCounter } from './keras.groups.js';
import { type KerasLayer, kerasLayers } from './keras.layers.js';

/**
 * Returns the weights of a Keras model from an HDF5 file in either of its layouts. Throws `invalid`
 * MODEL_FILE_INVALID with the layer whose weights are missing or have other shapes.
 */
export function kerasWeights(file: Hdf5Reader, topology: unknown, model: CompiledModel): Weights {
  const layers = kerasLayers(topology, model);
  const names = file.names('');
  if (file.texts('', 'layer_names') !== undefined) return byLayerNames(file, '', layers);
  if (names.includes('model_weights')) return byLayerNames(file, 'model_weights/', layers);
  // Keras 2.12 named the container after its checkpoints.
  const container = ['layers', '_layer_checkpoint_dependencies'].find((name) => names.includes(name));
  if (container === undefined)
    throw fileInvalid(
      'its HDF5 file has neither layer_names nor layers; write it by model.save or model.save_weights',
    );
  return byPaths(file, '', layers, container);
}

/**
 * The layout of Keras 2: a group for each layer of the model, with `weight_names`; of a model within the
 * model, first all trainable weights, then the others.
 */
function byLayerNames(file: Hdf5Reader, root: string, layers: readonly KerasLayer[]): Weights {
  const weights = new Map<string, Float32Array>();
  for (const layer of layers) {
    const { trainable, others } = orderWeights(layer);
    const path = `${root}${layer.name}`;
    const found = (file.texts(path, 'weight_names') ?? []).flatMap((name) =>
      present(file.weight(`${path}/${name}`)),
    );
    assign(layer, [...trainable, ...others], found, weights);
  }
  return weights;
}

interface Order {
  readonly trainable: readonly ParameterSpec[];
  readonly others: readonly ParameterSpec[];
}

function orderWeights({ layers, parameters, trainable: isTrainable }: KerasLayer): Order {
  const parts: readonly Order[] =
    layers?.map(orderWeights) ??
    [true, false].map((asked) => {
      const own = parameters.filter(({ trainable }) => trainable === asked);
      return asked && isTrainable ? { trainable: own, others: [] } : { trainable: [], others: own };
    });
  return {
    trainable: parts.flatMap(({ trainable }) => trainable),
    others: parts.flatMap(({ others }) => others),
  };
}

/** Attributes of layers that hold further layers, in the order of their weights here. */
const PARTS = [
  'cell',
  'forward_layer',
  'backward_layer',
  'layer',
  ...['query_dense', 'key_dense', 'value_dense', 'output_dense'].flatMap((name) => [name, `_${name}`]),
];

/**
 * The layout of Keras 3: a group for each layer, named after its class and counted, with `vars/0`, `vars/1`,
 * … and the same for the layers inside.
 */
function byPaths(file: Hdf5Reader, root: string, layers: readonly KerasLayer[], container: string): Weights {
  const weights = new Map<string, Float32Array>();
  const count = nameCounter();
  for (const layer of layers) {
    const path = `${root}${container}/${count(groupName(layer.kind))}`;
    if (layer.layers !== undefined)
      for (const [name, data] of byPaths(file, `${path}/`, layer.layers, container)) weights.set(name, data);
    else assign(layer, layer.parameters, variables(file, path, layer.config), weights);
  }
  return weights;
}

function variables(file: Hdf5Reader, path: string, config: unknown): FileWeight[] {
  const names = file.names(path);
  const own = names.includes('vars')
    ? file
        .names(`${path}/vars`)
        .filter((name) => /^\d+$/.test(name))
        .sort((a, b) => Number(a) - Number(b))
        .flatMap((name) => present(file.weight(`${path}/vars/${name}`)))
    : [];
  const cells = names.includes('cells') ? cellNames(config) : [];
  return [
    ...own,
    ...PARTS.filter((part) => names.includes(part)).flatMap((part) =>
      variables(file, `${path}/${part}`, partConfig(config, part)),
    ),
    ...cells.flatMap((cell) => variables(file, `${path}/cells/${cell}`, {})),
  ];
}

const partConfig = (config: unknown, part: string): unknown => {
  const of = (config as Readonly<Record<string, { config?: unknown } | undefined>> | undefined)?.[part];
  return of?.config;
};

/** Groups of stacked cells, by the classes in the settings. */
function cellNames(config: unknown): string[] {
  const cells = (config as { cells?: unknown } | undefined)?.cells;
  const count = nameCounter();
  return Array.isArray(cells)
    ? cells.map((cell: { class_name?: unknown }) => count(groupName(String(cell.class_name))))
    : [];
}

const present = (weight: FileWeight | undefined): FileWeight[] => (weight === undefined ? [] : [weight]);

function assign(
  { name, kind }: KerasLayer,
  parameters: readonly ParameterSpec[],
  found: readonly FileWeight[],
  weights: Map<string, Float32Array>,
): void {
  if (found.length !== parameters.length)
    throw fileInvalid(
      `layer "${name}" (${kind}) has ${parameters.length} weights, and the file holds ${found.length} for it` +
        (found.length === 0
          ? ''
          : `: ${found
              .map((one) => one.name)
              .join(', ')
              .slice(0, 500)}`),
    );
  parameters.forEach((parameter, i) => {
    const { dims, data, name: path } = found[i]!;
    if (dims.join() !== parameter.dims.join())
      throw fileInvalid(
        `weight "${parameter.name}" is [${dims.join(', ')}] in the file ("${path.slice(0, 200)}"), and the ` +
          `layers need [${parameter.dims.join(', ')}]`,
      );
    weights.set(parameter.name, data);
  });
}
