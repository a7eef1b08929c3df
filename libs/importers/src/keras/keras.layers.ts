import type { CompiledModel, ParameterSpec } from '@noema/layers';
import { HALF_PIXEL_CENTERS, layerKinds } from '@noema/layers';
import { customObjects, fileInvalid, lambdaRefused } from '../import.errors.js';

type Json = Readonly<Record<string, unknown>>;

/** A layer of a topology of Keras in the order of its model, with the parameters that it compiles to. */
export interface KerasLayer {
  readonly kind: string;
  readonly name: string;
  readonly config: Json;
  readonly trainable: boolean;
  /** Layers of a model that is used as a layer. */
  readonly layers?: readonly KerasLayer[];
  /** Parameters of a layer that is no model, in Keras' order. */
  readonly parameters: readonly ParameterSpec[];
}

const MODELS: ReadonlySet<string> = new Set(['Sequential', 'Functional', 'Model']);
const INPUT = 'InputLayer';
/** Operations between layers, such as `x + y`: no layers to Keras, so their names are not counted. */
const OPERATIONS = 'keras.src.ops';
const MAX_DEPTH = 20;
/** Levels of JSON that nested models take. */
const MAX_JSON_DEPTH = 8 * MAX_DEPTH;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Throws `unsupported` MODEL_CUSTOM_OBJECTS with all kinds of layers that are not read here, and MODEL_LAMBDA
 * for layers that hold code: nothing of a file is ever run.
 */
export function checkKinds(topology: unknown): void {
  const unknown = new Set<string>();
  const lambdas: string[] = [];
  visit(topology, 0, ({ kind, name, registered, isOperation }) => {
    if (kind === 'Lambda') lambdas.push(name);
    else if (!isOperation && kind !== INPUT && !MODELS.has(kind) && !layerKinds.keys().includes(kind))
      unknown.add(registered === undefined || registered === kind ? kind : `${kind} (${registered})`);
  });
  if (lambdas.length > 0) throw lambdaRefused(lambdas);
  if (unknown.size > 0) throw customObjects([...unknown].sort());
}

/**
 * The topology with the centers of pixels stated where Keras 2 interpolates by them: TF.js, which has the same
 * settings, interpolates by their corners.
 */
export function withPixelCenters(topology: unknown, depth = 0): unknown {
  const inner = (value: unknown): unknown => withPixelCenters(value, depth + 1);
  if (depth > MAX_JSON_DEPTH) return topology;
  if (Array.isArray(topology)) return topology.map(inner);
  if (!isObject(topology)) return topology;
  const changed = Object.fromEntries(Object.entries(topology).map(([key, value]) => [key, inner(value)]));
  const { class_name: kind, config } = changed;
  return kind === 'UpSampling2D' && isObject(config) && config['interpolation'] === 'bilinear'
    ? { ...changed, config: { ...config, [HALF_PIXEL_CENTERS]: true } }
    : changed;
}

interface Visited {
  readonly kind: string;
  readonly name: string;
  readonly registered: string | undefined;
  readonly isOperation: boolean;
}

function visit(entry: unknown, depth: number, see: (layer: Visited) => void): void {
  if (!isObject(entry) || typeof entry['class_name'] !== 'string' || depth > MAX_DEPTH) return;
  const config = isObject(entry['config']) ? entry['config'] : {};
  see({
    kind: entry['class_name'],
    name: findName(entry, config),
    registered: typeof entry['registered_name'] === 'string' ? entry['registered_name'] : undefined,
    isOperation: isOperation(entry),
  });
  for (const layer of layersIn(entry['config'])) visit(layer, depth + 1, see);
  visit(config['layer'], depth + 1, see);
}

const findName = (entry: Json, config: Json): string =>
  [entry['name'], config['name']].find((name) => typeof name === 'string') ?? '';

const layersIn = (config: unknown): readonly unknown[] => {
  const layers = isObject(config) ? config['layers'] : config;
  return Array.isArray(layers) ? (layers as unknown[]) : [];
};

const isOperation = ({ module }: Json): boolean =>
  typeof module === 'string' && module.startsWith(OPERATIONS);

/** The layers of a topology, each with the parameters that the compiled model has for it. */
export function kerasLayers(topology: unknown, model: CompiledModel): KerasLayer[] {
  const top = isObject(topology) ? topology['config'] : undefined;
  const layers = draftLayers(top, '', 0);
  const leaves: { path: string; parameters: ParameterSpec[] }[] = [];
  const collect = (all: readonly Draft[]): void => {
    for (const layer of all)
      if (layer.layers === undefined) leaves.push(layer);
      else collect(layer.layers);
  };
  collect(layers);
  // Names may hold slashes: the longest one that fits has the parameter.
  leaves.sort((a, b) => b.path.length - a.path.length);
  for (const parameter of model.parameters) {
    const owner = leaves.find(
      ({ path }) => parameter.layer === path || parameter.layer.startsWith(`${path}/`),
    );
    if (owner === undefined) throw fileInvalid(`no layer of its topology has the weight "${parameter.name}"`);
    owner.parameters.push(parameter);
  }
  return layers;
}

interface Draft extends KerasLayer {
  readonly path: string;
  readonly layers?: readonly Draft[];
  readonly parameters: ParameterSpec[];
}

function draftLayers(config: unknown, prefix: string, depth: number): Draft[] {
  return layersIn(config).flatMap((entry): Draft[] => {
    if (!isObject(entry) || isOperation(entry)) return [];
    const own = isObject(entry['config']) ? entry['config'] : {};
    const kind = String(entry['class_name']);
    const name = findName(entry, own);
    const path = `${prefix}${name}`;
    const draft: Draft = {
      kind,
      name,
      path,
      config: own,
      trainable: own['trainable'] !== false,
      parameters: [],
    };
    return [
      MODELS.has(kind) && depth < MAX_DEPTH
        ? { ...draft, layers: draftLayers(entry['config'], `${path}/`, depth + 1) }
        : draft,
    ];
  });
}
