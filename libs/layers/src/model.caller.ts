import type { CallArguments, Layer, WrappedLayer } from './layer.kind.js';
import { LayerConfig } from './layer.config.js';
import { LayerScope } from './layer.scope.js';
import { kindUnknown, layerInvalid, topologyInvalid } from './layers.errors.js';
import { layerKinds } from './kinds/registry.js';
import type { ModelWriter } from './model.writer.js';
import { type LayerNode, MODEL_KINDS, type Source, type Topology } from './topology.js';
import { parseModel, parseWrapped, snakeCase } from './topology.parser.js';
import type { Value } from './value.js';
import { type CallId, MaskReaders } from './mask-readers.js';

/** One call of one layer, to find its activation later. */
export interface CallRecord {
  readonly name: string;
  readonly kind: string;
  readonly config: LayerNode['config'];
  readonly layer: Layer;
  readonly inputs: readonly Value[];
  /** The first output. */
  readonly output: Value;
  readonly parameters: readonly string[];
}

type Instance =
  | { readonly node: LayerNode; readonly model: ModelCaller }
  | { readonly node: LayerNode; readonly layer: Layer; readonly scope: LayerScope };

/**
 * Writes a model into the graph, layer by layer; a model inside a model is called like a layer, and each call
 * of it writes its operators anew.
 */
export class ModelCaller {
  private readonly instances = new Map<string, Instance>();
  private readonly nodes: ReadonlyMap<string, LayerNode>;

  constructor(
    private readonly writer: ModelWriter,
    private readonly model: Topology,
    private readonly prefix = '',
    readonly records: CallRecord[] = [],
  ) {
    this.nodes = new Map(model.layers.map((node) => [node.name, node]));
    for (const node of model.layers)
      if (node.kind !== 'InputLayer') this.instances.set(node.name, this.instantiate(node));
  }

  /** Adds the model's inputs to the graph. */
  openInputs(): Value[] {
    return this.model.inputs.map(({ layer }) =>
      this.writer.dataInput(layer, inputShape(this.mustFind(layer))),
    );
  }

  /** Writes one call of the whole model and gives its outputs. */
  call(inputs: readonly Value[]): Value[] {
    const { model } = this;
    if (inputs.length !== model.inputs.length)
      throw topologyInvalid(
        `calls model "${model.name}" with ${inputs.length} inputs; it has ${model.inputs.length}`,
      );
    const made = new Map<string, readonly Value[]>();
    model.inputs.forEach(({ layer }, i) => {
      const shape = inputShape(this.mustFind(layer));
      if (shape.join() !== inputs[i]!.shape.join())
        throw topologyInvalid(
          `gives model "${model.name}" an input of [${inputs[i]!.shape.join(', ')}]; its "${layer}" ` +
            `takes [${shape.join(', ')}]`,
        );
      made.set(toKey({ layer, node: 0 }), [inputs[i]!]);
    });
    const used = new Set<string>();
    const pending = new Set<string>();
    const masks = new MaskReaders((from, to) => this.dependsOn(from, to));
    const getValue = ({ layer, node, tensor }: Source): Value => {
      const values = made.get(toKey({ layer, node }))!;
      const value = values[tensor];
      if (value === undefined)
        throw topologyInvalid(`takes output ${tensor} of layer "${layer}", which has ${values.length}`);
      return value;
    };
    const called = (reader: CallId, sources: readonly Source[]): readonly Value[] => {
      const instance = this.instances.get(reader.layer)!;
      const node = this.mustFind(reader.layer);
      const values = sources.map(getValue);
      if (values.every(({ keep }) => keep === undefined) || node.isKeras3 !== true)
        return this.callLayer(reader.layer, reader.node, values);
      const layer = 'layer' in instance ? instance.layer : undefined;
      const inner = this.prefix === '' ? [] : inputs.map(({ tensor }) => tensor);
      const read = masks.read(reader, values, {
        unmasks: layer?.unmasks === true,
        // A mask that is given by name takes the place of that of the input.
        usesMask:
          node.masks?.[reader.node] === undefined && (layer === undefined || layer.masking !== undefined),
        fail: (why) => layerInvalid(node.name, node.kind, why),
        outside: new Set(inner),
      });
      return this.callLayer(reader.layer, reader.node, read);
    };
    // Uses an explicit stack: a chain of thousands of layers exceeds the call stack.
    const resolve = (wanted: Source): Value => {
      const stack: CallId[] = [wanted];
      for (let next = stack.at(-1); next !== undefined; next = stack.at(-1)) {
        const key = toKey(next);
        used.add(next.layer);
        if (made.has(key)) {
          stack.pop();
          continue;
        }
        const sources = this.listSources(next.layer, next.node);
        for (const { layer } of sources) used.add(layer);
        const missing = sources.filter((source) => !made.has(toKey(source)));
        if (missing.length === 0) {
          made.set(key, called(next, sources));
          continue;
        }
        if (pending.has(key)) throw topologyInvalid(`runs in a circle through layer "${next.layer}"`);
        pending.add(key);
        stack.push(...missing.toReversed());
      }
      return getValue(wanted);
    };
    const outputs = model.outputs.map(resolve);
    const idle = model.layers.find(({ name }) => !used.has(name));
    if (idle !== undefined)
      throw topologyInvalid(
        `has layer "${idle.name}" (${idle.kind}), which leads to no output; connect it or remove it`,
      );
    return outputs;
  }

  /** Whether a call needs the result of another. */
  private dependsOn(from: CallId, to: CallId): boolean {
    const seen = new Set<string>();
    const stack: CallId[] = [from];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (toKey(next) === toKey(to)) return true;
      if (seen.has(toKey(next)) || !this.instances.has(next.layer)) continue;
      seen.add(toKey(next));
      stack.push(...this.listSources(next.layer, next.node));
    }
    return false;
  }

  /** Returns the inputs of a layer's call. Its mask, if any, follows, and masks that are given by name come last. */
  private listSources(name: string, call: number): readonly Source[] {
    const node = this.mustFind(name);
    if (!this.instances.has(name))
      throw topologyInvalid(`has input layer "${name}", which is not among input_layers`);
    const sources = node.calls[call];
    const mask = node.masks?.[call];
    if (sources === undefined || sources.length === 0)
      throw topologyInvalid(
        `has layer "${name}" (${node.kind}), which is connected to ` +
          `nothing${call === 0 ? '' : ` at call ${call}`}; give it inbound_nodes`,
      );
    return [...sources, ...(mask === undefined ? [] : [mask]), ...Object.values(node.named?.[call] ?? {})];
  }

  private callLayer(name: string, call: number, all: readonly Value[]): readonly Value[] {
    const node = this.mustFind(name);
    const instance = this.instances.get(name)!;
    const maskNames = Object.keys(node.named?.[call] ?? {});
    const values = all.slice(0, all.length - maskNames.length);
    const named = Object.fromEntries(maskNames.map((mask, at) => [mask, all[values.length + at]!]));
    const inputs = node.masks?.[call] === undefined ? values : this.masked(node, values);
    if ('model' in instance) return instance.model.call(inputs);
    const callName = this.writer.callName(this.prefix + name);
    const outputs = this.writer.inLayer(callName, () =>
      callMasked(instance.layer, instance.scope, inputs, {
        given: node.given?.[call] ?? {},
        named,
        isKeras3: node.isKeras3 === true,
      }).map((output) => ({ ...output, from: callName })),
    );
    this.records.push({
      name: callName,
      kind: node.kind,
      config: node.config,
      layer: instance.layer,
      inputs,
      output: outputs[0]!,
      parameters: [...instance.scope.parameters],
    });
    return outputs;
  }

  /** Returns the inputs of a call. The first has the mask argument, booleans of its steps. */
  private masked({ name, kind }: LayerNode, values: readonly Value[]): readonly Value[] {
    const [first, ...others] = values.slice(0, -1) as [Value, ...Value[]];
    const { tensor, shape } = values.at(-1)!;
    if (shape.length !== 1 || shape[0] !== first.shape[0])
      throw layerInvalid(
        name,
        kind,
        `is given a mask of [${shape.join(', ')}] for an input of [${first.shape.join(', ')}]; give one ` +
          'value for each step',
      );
    return [
      {
        ...first,
        keep: this.writer.op('Unsqueeze', [tensor, this.writer.constant([2])], ['n', shape[0]!, 1]),
      },
      ...others,
    ];
  }

  private instantiate(node: LayerNode): Instance {
    if (MODEL_KINDS.includes(node.kind))
      return {
        node,
        model: new ModelCaller(
          this.writer,
          parseModel(node.kind, node.config),
          `${this.prefix}${node.name}/`,
          this.records,
        ),
      };
    const { layer, config } = makeLayer(node.kind, node.name, node.config);
    for (const only of config.trainingOnly)
      this.writer.trainingOnly.set(`${this.prefix}${only.layer} ${only.setting}`, {
        ...only,
        layer: this.prefix + only.layer,
      });
    return { node, layer, scope: new LayerScope(this.writer, this.prefix + node.name, config) };
  }

  private mustFind(name: string): LayerNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw topologyInvalid(`refers to layer "${name}", which does not exist`);
    return node;
  }
}

const toKey = ({ layer, node }: CallId): string => `${layer} ${node}`;

function makeLayer(
  kindName: string,
  name: string,
  settings: LayerNode['config'],
): { layer: Layer; config: LayerConfig } {
  const kind = layerKinds.find(kindName);
  if (kind === undefined)
    throw kindUnknown(name, kindName, ['InputLayer', ...MODEL_KINDS, ...layerKinds.keys()]);
  const config = new LayerConfig(kindName, name, settings);
  const layer = kind.create(config, (spec, changes) => makeWrapped(config, spec, changes));
  config.finish();
  return { layer, config };
}

/** The layer, or the model, inside a layer that wraps it. */
function makeWrapped(owner: LayerConfig, spec: unknown, changes: LayerNode['config'] = {}): WrappedLayer {
  const node = parseWrapped(spec);
  if (node === undefined) throw owner.fail(`wraps ${JSON.stringify(spec)}; give {class_name, config}`);
  const name = `${owner.name}/${node.name}`;
  if (!MODEL_KINDS.includes(node.kind)) {
    const { layer, config } = makeLayer(node.kind, name, {
      ...Object.fromEntries(Object.entries(node.config).map(([key, value]) => [snakeCase(key), value])),
      ...changes,
    });
    owner.trainingOnly.push(...config.trainingOnly);
    return { name: node.name, layer, trainable: config.trainable };
  }
  const model = parseModel(node.kind, node.config);
  // Parameters go by name, so that every call of the model finds them again.
  const call: Layer['call'] = (scope, inputs) =>
    new ModelCaller(scope.modelWriter, model, `${scope.name}/`).call(inputs);
  return { name: node.name, layer: { role: 'plain', call }, trainable: true };
}

/**
 * Calls a layer and sees to the mask of its series. In Keras 2 and TF.js a step counts where it counts in all
 * masks; in Keras 3 where it counts in one of them, and everywhere if an input has no mask. A layer that
 * knows nothing of masks drops it in Keras 3.
 */
function callMasked(
  layer: Layer,
  scope: LayerScope,
  inputs: readonly Value[],
  {
    given,
    named,
    isKeras3,
  }: {
    readonly given: CallArguments;
    readonly named: Readonly<Record<string, Value>>;
    readonly isKeras3: boolean;
  },
): readonly Value[] {
  const unknown = Object.keys(given).find((name) => layer.arguments?.includes(name) !== true);
  if (unknown !== undefined)
    throw scope.fail(`is called with ${unknown} = ${JSON.stringify(given[unknown])}, which is not supported`);
  const odd = Object.keys(named).find((name) => layer.namedMasks?.includes(name) !== true);
  if (odd !== undefined) throw scope.fail(`is called with ${odd}, which is not supported`);
  const outputs = [layer.call(scope, inputs, { ...given, ...named })].flat<(Value | readonly Value[])[]>();
  const keeps = [...new Set(inputs.map(({ keep }) => keep).filter((keep) => keep !== undefined))];
  if (layer.masking === 'own' || keeps.length === 0) return outputs;
  if (isKeras3 && layer.masking === 'own-keras-3') return outputs;
  if (isKeras3 && layer.masking === undefined) return outputs.map(withoutKeep);
  if (layer.masking !== 'carries' && (isKeras3 || layer.masking !== 'carries-keras-2'))
    throw scope.fail(
      'takes no masked series, as Masking and Embedding with mask_zero give; put it after a recurrent ' +
        'layer that returns its last step, or leave the mask out',
    );
  const [steps] = inputs.find(({ keep }) => keep !== undefined)!.shape;
  if (isKeras3 && inputs.some(({ keep }) => keep === undefined)) return outputs.map(withoutKeep);
  const keep = keeps.reduce((a, b) => scope.op(isKeras3 ? 'Max' : 'Mul', [a, b], ['n', steps!, 1]));
  return outputs.map((output) => ({ ...output, keep }));
}

const withoutKeep = ({ keep: _, ...value }: Value): Value => value;

/** The shape of an InputLayer without the batch; every size must be known. */
function inputShape({ name, kind, config }: LayerNode): readonly number[] {
  const full = config['batch_input_shape'] ?? config['batch_shape'] ?? config['batchInputShape'];
  const shape = Array.isArray(full) ? (full as unknown[]).slice(1) : undefined;
  if (shape?.every((size): size is number => Number.isSafeInteger(size) && (size as number) > 0) === true)
    return shape;
  throw topologyInvalid(
    `has input "${name}" (${kind}) with batch_input_shape ${JSON.stringify(full)}; give [null, ` +
      '...sizes] with every size a positive whole number',
  );
}
