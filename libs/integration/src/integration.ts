import { DomainError, type Vocabulary } from '@noema/kernel';
import type { SampleContext, Splits, SplitSource } from './sample.js';
import type { Tensor, TensorLike } from './tensor.js';
import type { Visual } from './visuals/visual.registry.js';

export type Awaitable<T> = T | Promise<T>;
export type MetadataValue = string | number | boolean | null | undefined;

/** Encodes one sample. The shape must be the same for all samples. */
export type Encoder<D> = (sample: SampleContext<D>) => Awaitable<TensorLike>;
/**
 * Returns one metadata value of a sample, or an object of several (columns `<handler>.<name>`). `null`,
 * `undefined` and NaN mean "unknown".
 */
export type MetadataHandler<D> = (
  sample: SampleContext<D>,
) => Awaitable<MetadataValue | Readonly<Record<string, MetadataValue>>>;
export type Visualizer<D> = (sample: SampleContext<D>) => Awaitable<Visual>;

/** A sample with the model's prediction for it. */
export interface EvaluatedSample<D> {
  readonly sample: SampleContext<D>;
  /** Outputs of the model, after the last activation. */
  readonly prediction: Tensor;
  readonly groundTruths: Readonly<Record<string, Tensor>>;
}
/** Computes a number for a sample from its prediction. */
export type SampleScore<D> = (evaluated: EvaluatedSample<D>) => Awaitable<number>;
/** The loss of a sample and its derivative by each number of the prediction, in the shape of the prediction. */
export interface LossWithGradient {
  readonly value: number;
  readonly gradient: TensorLike;
}
/** Computes the loss of a sample from its prediction. A network can be trained with it where it gives a gradient. */
export type SampleLoss<D> = (evaluated: EvaluatedSample<D>) => Awaitable<number | LossWithGradient>;

/** Names of the model's classes. */
export interface Predictions<G extends string = string> {
  /** Class names, in the order of the model's outputs. */
  readonly labels: readonly string[];
  /** Ground truth that has these classes. Optional if there is only one. */
  readonly groundTruth?: G;
  /**
   * If true, a sample may have several of the classes, or none: its ground truth is one number from 0 to 1
   * per class. Default: false.
   */
  readonly multiLabel?: boolean;
}

/** Argument of `preprocess` and `unlabeled`. */
export interface PreprocessContext {
  /** Values, by name, of the project's secrets that the definition names. */
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * Definition of an integration, which turns raw data into samples. `D` is the type of the splits' `data`,
 * inferred from `preprocess`.
 */
export interface IntegrationDefinition<D, G extends string = string> {
  readonly name: string;
  /**
   * Hosts that preprocess or an encoder connects to, such as `data.example.org`. Without them, or without the
   * operator's permission, there is no network.
   */
  readonly hosts?: readonly string[];
  /** Names of the project's secrets that `preprocess` needs, such as a key to the data. */
  readonly secrets?: readonly string[];
  /** Runs once and lists the samples of each split. */
  readonly preprocess: (context: PreprocessContext) => Awaitable<Splits<D>>;
  /** Lists the samples without ground truth, if `preprocess` does not. */
  readonly unlabeled?: (context: PreprocessContext) => Awaitable<SplitSource<D>>;
  readonly inputs: Readonly<Record<string, Encoder<D>>>;
  /**
   * Tokens of the inputs whose numbers are ids, by the name of the input. A model that was imported or trained with
   * other tokens is refused.
   */
  readonly vocabularies?: Readonly<Record<string, Vocabulary>>;
  /** Encoders of the ground truths. Not called for the split `unlabeled`. */
  readonly groundTruths: Readonly<Record<G, Encoder<D>>>;
  readonly metadata?: Readonly<Record<string, MetadataHandler<D>>>;
  /**
   * Metadata whose equal values belong together, such as `patient`: insights count samples of one group as one piece of
   * evidence. Of a handler that returns several values `<handler>.<name>`.
   */
  readonly group?: string;
  readonly visualizers?: Readonly<Record<string, Visualizer<D>>>;
  readonly predictions?: Predictions<NoInfer<G>>;
  /** Metrics of one sample; every evaluation of a model on the data has them as `metrics.<name>`. */
  readonly metrics?: Readonly<Record<string, SampleScore<D>>>;
  /** Loss of one sample, for runs that name the loss `integration`. */
  readonly loss?: SampleLoss<D>;
}

const INTEGRATION = Symbol.for('noema.integration');

/** A validated definition, from `defineIntegration`. */
export type Integration = IntegrationDefinition<unknown> & { readonly [INTEGRATION]: true };

const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?$/;
const SECRET = /^[A-Za-z0-9_.-]{1,128}$/;
const MAX_DECLARED = 64;

const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

const PARTS: Readonly<Record<keyof IntegrationDefinition<unknown>, true>> = {
  name: true,
  hosts: true,
  secrets: true,
  preprocess: true,
  unlabeled: true,
  inputs: true,
  vocabularies: true,
  groundTruths: true,
  metadata: true,
  group: true,
  visualizers: true,
  predictions: true,
  metrics: true,
  loss: true,
};
/** Parts that people look for here, and where they are. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  layers:
    'heat maps and vectors need the gradient of a layer inside of the graph; export the network as ONNX, which ' +
    'writes layers of your own in standard operators, and import it with `noema models import net.onnx`',
  model: 'bring the network with `noema models import net.onnx` or `noema models create net.json`',
};

/**
 * Declares an integration. Export the result as `integration`. Throws `invalid` INTEGRATION_INVALID with all
 * faults: unknown parts, invalid names, a missing input, class names that are not texts or not distinct.
 */
export function defineIntegration<D, const G extends string = string>(
  definition: IntegrationDefinition<D, G>,
): Integration {
  const faults = Object.keys(definition)
    .filter((part) => !Object.hasOwn(PARTS, part))
    .map(
      (part) =>
        `an integration has no ${part}; ${ELSEWHERE[part] ?? `its parts are ${Object.keys(PARTS).join(', ')}`}`,
    );
  const handlers = {
    inputs: definition.inputs,
    groundTruths: definition.groundTruths,
    metadata: definition.metadata,
    visualizers: definition.visualizers,
    metrics: definition.metrics,
  };
  for (const [role, named] of Object.entries(handlers)) {
    for (const [name, handler] of Object.entries(named ?? {})) {
      if (!NAME.test(name))
        faults.push(
          `"${name}" in ${role} is no name; use letters, digits, "_" and "-", starting with a letter`,
        );
      if (typeof handler !== 'function') faults.push(`${role}.${name} is no function`);
    }
  }
  if (typeof definition.preprocess !== 'function')
    faults.push('it has no preprocess; write preprocess: () => ({ training: { length, data } })');
  if (definition.loss !== undefined && typeof definition.loss !== 'function')
    faults.push('loss is no function');
  if (Object.keys(definition.metrics ?? {}).length > MAX_DECLARED)
    faults.push(
      `it has ${Object.keys(definition.metrics!).length} metrics; at most ${MAX_DECLARED} are computed`,
    );
  if (Object.keys(definition.inputs ?? {}).length === 0) faults.push('it has no input encoder');
  for (const name of Object.keys(definition.vocabularies ?? {}))
    if (!(name in (definition.inputs ?? {})))
      faults.push(
        `vocabularies has "${name}", which is no input; the inputs are ${Object.keys(definition.inputs).join(', ')}`,
      );
  if (typeof definition.groundTruths !== 'object')
    faults.push('it has no groundTruths; write groundTruths: {} when there are none');
  faults.push(
    ...declared(
      'hosts',
      definition.hosts,
      HOST,
      'a host is written like data.example.org or data.example.org:8443',
    ),
    ...declared(
      'secrets',
      definition.secrets,
      SECRET,
      'a secret has a name of letters, digits, ".", "_" and "-"',
    ),
    ...faultsOfGroup(definition as unknown as IntegrationDefinition<unknown>),
    ...faultsOfClasses(definition as unknown as IntegrationDefinition<unknown>),
  );
  if (faults.length > 0)
    throw new DomainError(
      'invalid',
      'INTEGRATION_INVALID',
      `integration "${definition.name}": ${faults.join('. Also: ')}`,
    );
  return Object.freeze({ ...definition, [INTEGRATION]: true }) as unknown as Integration;
}

function declared(what: string, values: readonly string[] = [], form: RegExp, rule: string): string[] {
  if (!Array.isArray(values) || values.length > MAX_DECLARED)
    return [`${what} must be a list of at most ${MAX_DECLARED} texts`];
  return values.flatMap((value: unknown, at) =>
    typeof value === 'string' && form.test(value)
      ? []
      : [`${what}[${at}] is ${JSON.stringify(value)}; ${rule}`],
  );
}

function faultsOfGroup({ group, metadata = {} }: IntegrationDefinition<unknown>): string[] {
  if (group === undefined || (typeof group === 'string' && group.split('.', 1)[0]! in metadata)) return [];
  const known = Object.keys(metadata).join(', ') || 'none';
  return [`group is ${JSON.stringify(group)}; it must be one of the metadata: ${known}`];
}

function faultsOfClasses(definition: IntegrationDefinition<unknown>): string[] {
  const { predictions } = definition;
  if (predictions === undefined) return [];
  const labels = predictions.labels ?? [];
  const faults =
    labels.length === 0
      ? ['predictions.labels is empty; name the classes, or leave predictions out when there are none']
      : [];
  const nameless = labels.findIndex(
    (label: unknown) => typeof label !== 'string' || label === '' || /[\p{Cc}\p{Cs}]/u.test(label),
  );
  if (nameless !== -1)
    faults.push(
      `the class name ${nameless} is ${JSON.stringify(labels[nameless])}; give a text without control ` +
        'characters',
    );
  const twice = new Set(labels.filter((label, i) => labels.indexOf(label) !== i));
  for (const label of twice) faults.push(`the class name "${label}" occurs twice`);
  const why = typeof definition.groundTruths === 'object' ? faultOfClassTruth(definition) : undefined;
  return why === undefined ? faults : [...faults, why];
}

/** True for a result of `defineIntegration`, also of another copy of this package. */
export const isIntegration = (value: unknown): value is Integration =>
  typeof value === 'object' && value !== null && INTEGRATION in value;

/** Returns the ground truth that the class names belong to; `undefined` without class names. */
export function classGroundTruth({
  predictions,
  groundTruths,
}: IntegrationDefinition<unknown>): string | undefined {
  return predictions === undefined ? undefined : (predictions.groundTruth ?? Object.keys(groundTruths)[0]);
}

function faultOfClassTruth({
  predictions,
  groundTruths,
}: IntegrationDefinition<unknown>): string | undefined {
  const names = Object.keys(groundTruths);
  const groundTruth = predictions?.groundTruth;
  if (groundTruth === undefined ? names.length <= 1 : names.includes(groundTruth)) return undefined;
  return (
    'predictions.groundTruth ' +
    `${groundTruth === undefined ? 'is missing' : `"${groundTruth}" does not exist`}; it must be one of ` +
    `${names.join(', ')}`
  );
}
