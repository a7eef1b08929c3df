import { type DomainError, asDomainError } from '@noema/kernel';
import { type Activation, parseActivation } from './activations.js';
import { type Initializer, parseInitializer } from './initializers.js';
import type { TrainingOnlySetting } from './compiled-model.js';
import { layerInvalid } from './layers.errors.js';
import { snakeCase } from './topology.parser.js';

/** Settings that every Keras layer carries and that change nothing here. */
const COMMON: ReadonlySet<string> = new Set([
  'name',
  'trainable',
  'dtype',
  'batch_input_shape',
  'input_shape',
  'batch_size',
  'batch_shape',
  'input_dtype',
  'autocast',
  'seed',
  'data_format',
]);

/** Settings that affect the weights during training, but not the predictions. */
const TRAINING_ONLY = /_(regularizer|constraint)$/;

/**
 * Reads the settings of one layer under their Keras names (`kernel_size`, or `kernelSize`); every fault names
 * the layer, the setting and its value.
 */
export class LayerConfig {
  readonly trainable: boolean;
  /** Settings of this layer, and of layers that it wraps, that only a training would need. */
  readonly trainingOnly: TrainingOnlySetting[] = [];
  private readonly settings: ReadonlyMap<string, unknown>;
  private readonly read = new Set<string>();

  constructor(
    readonly kind: string,
    readonly name: string,
    settings: Readonly<Record<string, unknown>>,
  ) {
    this.settings = new Map(Object.entries(settings).map(([key, value]) => [snakeCase(key), value]));
    this.trainable = this.settings.get('trainable') !== false;
    const format = this.settings.get('data_format');
    if (typeof format === 'string' && snakeCase(format) !== 'channels_last')
      throw this.invalid('data_format', 'channels_last');
  }

  /** True for settings of Keras 3: only it writes a policy instead of the name of a type. */
  get isKeras3(): boolean {
    const dtype = this.settings.get('dtype');
    return typeof dtype === 'object' && dtype !== null;
  }

  fail(why: string): DomainError {
    return layerInvalid(this.name, this.kind, why);
  }

  raw(key: string): unknown {
    this.read.add(key);
    return this.settings.get(key) ?? undefined;
  }

  /** True if the setting is null, which for some settings differs from absent. */
  isNull(key: string): boolean {
    this.read.add(key);
    return this.settings.get(key) === null;
  }

  /** A whole number of at least `min`. */
  integer(key: string, { fallback, min = 1 }: { fallback?: number; min?: number } = {}): number {
    const value = this.raw(key) ?? fallback;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min)
      throw this.invalid(key, `a whole number of ${min} or more`);
    return value;
  }

  number(key: string, fallback: number, { min = -Infinity, below = Infinity } = {}): number {
    const value = this.raw(key) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value >= below) {
      throw this.invalid(
        key,
        'a ' +
          `number${min === -Infinity ? '' : ` of ${min} or more`}${below === Infinity ? '' : ` below ${below}`}`,
      );
    }
    return value;
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.raw(key) ?? fallback;
    if (typeof value !== 'boolean') throw this.invalid(key, 'true or false');
    return value;
  }

  choice<T extends string>(key: string, choices: readonly T[], fallback: T): T {
    const value = this.raw(key) ?? fallback;
    const choice = choices.find((c) => typeof value === 'string' && c === snakeCase(value));
    if (choice === undefined) throw this.invalid(key, `one of ${choices.join(', ')}`);
    return choice;
  }

  /** One number for every axis, or one for all. */
  sizes(
    key: string,
    rank: number,
    { fallback, min = 1 }: { fallback?: number | readonly number[]; min?: number } = {},
  ): number[] {
    const value = this.raw(key) ?? fallback;
    const sizes = Array.isArray(value) ? (value as unknown[]) : Array<unknown>(rank).fill(value);
    if (sizes.length !== rank || sizes.some((s) => !Number.isSafeInteger(s) || (s as number) < min)) {
      throw this.invalid(
        key,
        rank === 1 ? `a whole number of ${min} or more` : `${rank} whole numbers of ${min} or more`,
      );
    }
    return sizes as number[];
  }

  /** A list of whole numbers, or one alone. */
  integers(key: string, fallback?: readonly number[]): number[] {
    const value = this.raw(key) ?? fallback;
    const list = typeof value === 'number' ? [value] : value;
    if (!Array.isArray(list) || list.some((s) => !Number.isSafeInteger(s)))
      throw this.invalid(key, 'a list of whole numbers');
    return list as number[];
  }

  activation(fallback = 'linear', key = 'activation'): Activation {
    const given = this.raw(key) ?? fallback;
    // Keras 3 uses the name with another meaning.
    const renamed = given === 'hard_sigmoid' && this.isKeras3 ? 'hard_sigmoid_6' : given;
    return this.inContext(key, () => parseActivation(renamed));
  }

  initializer(key: string, fallback: string): Initializer {
    return this.inContext(key, () => parseInitializer(this.raw(key) ?? fallback));
  }

  /**
   * Rejects settings that were not read, so that a misspelt one does not pass silently. Collects settings
   * that matter only for training in `trainingOnly`.
   */
  finish(): void {
    for (const [key, value] of this.settings) {
      if (this.read.has(key) || COMMON.has(key) || value === null || value === undefined || value === false)
        continue;
      if (TRAINING_ONLY.test(key)) {
        this.trainingOnly.push({ layer: this.name, kind: this.kind, setting: key, value });
        continue;
      }
      throw this.fail(
        `has an unknown setting "${key}"; known: ${[...this.read].sort().join(', ') || 'none'}`,
      );
    }
  }

  private invalid(key: string, wanted: string): DomainError {
    const value = this.settings.get(key);
    return this.fail(
      value === undefined || value === null
        ? `has no ${key}; give ${wanted}`
        : `has ${key} ${JSON.stringify(value)}; give ${wanted}`,
    );
  }

  /** Does work with a setting; its errors become errors of the layer that name the setting. */
  inContext<T>(key: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.fail(`has a bad ${key}: ${asDomainError(error).message}`);
    }
  }
}
