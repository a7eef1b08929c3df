import { DomainError } from '@noema/kernel';
import type { SampleContext, Splits, SplitSource } from './sample.js';
import type { Tensor, TensorLike } from './tensor.js';
import type { Visual } from './visual.js';

export type Awaitable<T> = T | Promise<T>;
export type MetadataValue = string | number | boolean | null | undefined;

/** Encodes one sample; the shape must be the same for all samples. */
export type Encoder<D> = (sample: SampleContext<D>) => Awaitable<TensorLike>;
/**
 * Says one thing about a sample, or several at once under names of their own (`<handler>.<name>`); `null`,
 * `undefined` and NaN mean "not known".
 */
export type MetadataHandler<D> = (
  sample: SampleContext<D>,
) => Awaitable<MetadataValue | Readonly<Record<string, MetadataValue>>>;
export type Visualizer<D> = (sample: SampleContext<D>) => Awaitable<Visual>;

/** One sample with what a model said about it. */
export interface EvaluatedSample<D> {
  readonly sample: SampleContext<D>;
  /** Outputs of the model, after its last activation. */
  readonly prediction: Tensor;
  readonly groundTruths: Readonly<Record<string, Tensor>>;
}
/** A number per sample, made from its prediction. */
export type SampleScore<D> = (evaluated: EvaluatedSample<D>) => Awaitable<number>;

/** Names of what the model predicts. */
export interface Predictions<G extends string = string> {
  /** Class names in the order of the model's outputs. */
  readonly labels: readonly string[];
  /** The ground truth that these classes belong to; left out when there is only one. */
  readonly groundTruth?: G;
  /**
   * A sample may have several of the classes, or none: its ground truth is a number from 0 to 1 for each.
   * False when left out.
   */
  readonly multiLabel?: boolean;
}

/** What `preprocess` and `unlabeled` are given. */
export interface PreprocessContext {
  /** The values of the project's secrets that the definition names, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * What a person writes to turn raw data into samples. `D` is the type of the splits' `data`, known from
 * `preprocess`.
 */
export interface IntegrationDefinition<D, G extends string = string> {
  readonly name: string;
  /**
   * Hosts that preprocess or an encoder reaches, such as `data.example.org`; without them, and unless the
   * operator allows it, there is no network.
   */
  readonly hosts?: readonly string[];
  /** Names of secrets of the project that `preprocess` needs, such as a key to the data. */
  readonly secrets?: readonly string[];
  /** Runs once and says which samples there are. */
  readonly preprocess: (context: PreprocessContext) => Awaitable<Splits<D>>;
  /** The split without ground truth, when it is made apart from the others. */
  readonly unlabeled?: (context: PreprocessContext) => Awaitable<SplitSource<D>>;
  readonly inputs: Readonly<Record<string, Encoder<D>>>;
  /** Not called for the split `unlabeled`. */
  readonly groundTruths: Readonly<Record<G, Encoder<D>>>;
  readonly metadata?: Readonly<Record<string, MetadataHandler<D>>>;
  readonly visualizers?: Readonly<Record<string, Visualizer<D>>>;
  readonly predictions?: Predictions<NoInfer<G>>;
  readonly metrics?: Readonly<Record<string, SampleScore<D>>>;
  readonly loss?: SampleScore<D>;
}

const INTEGRATION = Symbol.for('noema.integration');

/** A checked definition; make one with `defineIntegration`. */
export type Integration = IntegrationDefinition<unknown> & { readonly [INTEGRATION]: true };

const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?$/;
const SECRET = /^[A-Za-z0-9_.-]{1,128}$/;
const MAX_DECLARED = 64;

const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/**
 * Declares an integration; export the result as `integration`. Throws `invalid` INTEGRATION_INVALID with all
 * that is wrong: bad names, a missing input, class names that are no texts or repeated.
 */
export function defineIntegration<D, const G extends string = string>(
  definition: IntegrationDefinition<D, G>,
): Integration {
  const faults: string[] = [];
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
  if (Object.keys(definition.inputs ?? {}).length === 0) faults.push('it has no input encoder');
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
  for (const label of twice) faults.push(`the class name "${label}" is there twice`);
  const why = typeof definition.groundTruths === 'object' ? faultOfClassTruth(definition) : undefined;
  return why === undefined ? faults : [...faults, why];
}

/** True for what `defineIntegration` made, also by another copy of this package. */
export const isIntegration = (value: unknown): value is Integration =>
  typeof value === 'object' && value !== null && INTEGRATION in value;

/**
 * The ground truth that the class names of a checked definition belong to; `undefined` without class names.
 */
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
