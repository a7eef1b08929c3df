import { DomainError } from '@noema/kernel';
import type { SampleContext, Splits, SplitSource } from './sample.js';
import type { Tensor, TensorLike } from './tensor.js';
import type { Visual } from './visual.js';

export type Awaitable<T> = T | Promise<T>;
export type MetadataValue = string | number | boolean | null | undefined;

/** Encodes one sample; the shape must be the same for all samples. */
export type Encoder<D> = (sample: SampleContext<D>) => Awaitable<TensorLike>;
/** Says one thing about a sample, or several at once under names of their own (`<handler>.<name>`); `null`, `undefined` and NaN mean "not known". */
export type MetadataHandler<D> = (sample: SampleContext<D>) => Awaitable<MetadataValue | Readonly<Record<string, MetadataValue>>>;
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
}

/** What `preprocess` and `unlabeled` are given. */
export interface PreprocessContext {
  /** The values of the project's secrets that the definition names, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a person writes to turn raw data into samples. `D` is the type of the splits' `data`, known from `preprocess`. */
export interface IntegrationDefinition<D, G extends string = string> {
  readonly name: string;
  /** Hosts that preprocess or an encoder reaches, such as `data.example.org`; without them, and unless the operator allows it, there is no network. */
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

/** Declares an integration; export the result as `integration`. Throws `invalid` INTEGRATION_INVALID for a bad name, a missing input, or class names that are no texts or repeated. */
export function defineIntegration<D, const G extends string = string>(definition: IntegrationDefinition<D, G>): Integration {
  const fail = (why: string): DomainError => new DomainError('invalid', 'INTEGRATION_INVALID', `integration "${definition.name}": ${why}`);
  for (const [role, handlers] of Object.entries({ inputs: definition.inputs, groundTruths: definition.groundTruths, metadata: definition.metadata, visualizers: definition.visualizers, metrics: definition.metrics })) {
    for (const [name, handler] of Object.entries(handlers ?? {})) {
      if (!NAME.test(name)) throw fail(`"${name}" in ${role} is no name; use letters, digits, "_" and "-", starting with a letter`);
      if (typeof handler !== 'function') throw fail(`${role}.${name} is no function`);
    }
  }
  if (typeof definition.preprocess !== 'function') throw fail('it has no preprocess; write preprocess: () => ({ training: { length, data } })');
  if (Object.keys(definition.inputs ?? {}).length === 0) throw fail('it has no input encoder');
  if (typeof definition.groundTruths !== 'object') throw fail('it has no groundTruths; write groundTruths: {} when there are none');
  declared('hosts', definition.hosts, HOST, 'a host is written like data.example.org or data.example.org:8443', fail);
  declared('secrets', definition.secrets, SECRET, 'a secret has a name of letters, digits, ".", "_" and "-"', fail);
  const labels = definition.predictions?.labels ?? [];
  if (definition.predictions !== undefined && labels.length === 0) throw fail('predictions.labels is empty; name the classes, or leave predictions out when there are none');
  const nameless = labels.findIndex((label: unknown) => typeof label !== 'string' || label === '' || /[\p{Cc}\p{Cs}]/u.test(label));
  if (nameless !== -1) throw fail(`the class name ${nameless} is ${JSON.stringify(labels[nameless])}; give a text without control characters`);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw fail(`the class name "${twice}" is there twice`);
  classGroundTruth(definition as unknown as IntegrationDefinition<unknown>);
  return Object.freeze({ ...definition, [INTEGRATION]: true }) as unknown as Integration;
}

function declared(what: string, values: readonly string[] = [], form: RegExp, rule: string, fail: (why: string) => DomainError): void {
  if (!Array.isArray(values) || values.length > MAX_DECLARED) throw fail(`${what} must be a list of at most ${MAX_DECLARED} texts`);
  const odd = values.findIndex((value: unknown) => typeof value !== 'string' || !form.test(value));
  if (odd !== -1) throw fail(`${what}[${odd}] is ${JSON.stringify(values[odd])}; ${rule}`);
}

/** True for what `defineIntegration` made, also by another copy of this package. */
export const isIntegration = (value: unknown): value is Integration => typeof value === 'object' && value !== null && INTEGRATION in value;

/** The ground truth that the class names belong to. Throws `invalid` INTEGRATION_INVALID when it is not clear which. */
export function classGroundTruth(integration: IntegrationDefinition<unknown>): string | undefined {
  if (integration.predictions === undefined) return undefined;
  const names = Object.keys(integration.groundTruths);
  const { groundTruth } = integration.predictions;
  if (groundTruth === undefined && names.length <= 1) return names[0];
  if (groundTruth !== undefined && names.includes(groundTruth)) return groundTruth;
  throw new DomainError('invalid', 'INTEGRATION_INVALID',
    `integration "${integration.name}": predictions.groundTruth ${groundTruth === undefined ? 'is missing' : `"${groundTruth}" does not exist`}; it must be one of ${names.join(', ')}`);
}
