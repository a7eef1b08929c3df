import { DomainError, type MethodParameter, type Registry } from '@noema/kernel';

/** Settings of a Keras object under their Keras names. Missing settings have their defaults. */
export type Settings = Readonly<Record<string, unknown>>;

/** Allowed values of a setting. */
export interface SettingRange {
  readonly fallback: number | boolean;
  readonly min?: number;
  /** The value must stay under it. */
  readonly below?: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
}

/** A setting with what clients show of it. */
export interface DescribedSetting extends SettingRange {
  /** Its name for people. */
  readonly title: string;
  /** Summary of the effect, one sentence. */
  readonly help: string;
  /** A sensible step for a form. Default: 0.01. */
  readonly step?: number;
}

/** Returns the descriptions of settings, in their order. */
export const describeSettings = (settings: Readonly<Record<string, DescribedSetting>>): MethodParameter[] =>
  Object.entries(settings).map(([name, setting]) => {
    const { fallback, title, help, min, below, whole = false, step = 0.01 } = setting;
    if (typeof fallback === 'boolean') return { type: 'boolean', name, title, help, default: fallback };
    return {
      type: whole ? 'integer' : 'number',
      name,
      title,
      help,
      default: fallback,
      ...(min !== undefined && { minimum: min }),
      ...(below !== undefined && { below }),
      step,
    };
  });

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

/**
 * Finds an entry by its Keras name, however it is written (`adam_w`, `AdamW`, `adamw`). Throws `invalid`
 * <NOUN>_UNKNOWN that names all.
 */
export function byKerasName<T extends { readonly key: string }>(registry: Registry<T>, name: string): T {
  return registry.get(registry.keys().find((key) => plain(key) === plain(name)) ?? name);
}

/**
 * Validates settings. Throws `invalid` SETTING_INVALID with the setting, its value and the allowed values.
 */
export function readSettings<R extends Readonly<Record<string, SettingRange>>>(
  of: string,
  ranges: R,
  given: Settings = {},
): { readonly [K in keyof R]: R[K]['fallback'] extends boolean ? boolean : number } {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(ranges, name) && name !== 'name')
      throw invalid(of, name, `is not known; known: ${Object.keys(ranges).join(', ') || 'none'}`);
  }
  return Object.fromEntries(
    Object.entries(ranges).map(([name, { fallback, min = -Infinity, below = Infinity, whole = false }]) => {
      const value = given[name] ?? fallback;
      if (
        typeof fallback === 'boolean'
          ? typeof value === 'boolean'
          : typeof value === 'number' && value >= min && value < below && (!whole || Number.isInteger(value))
      )
        return [name, value];
      const from = min === -Infinity ? '' : ` of ${min} or more`;
      const to = below === Infinity ? '' : ` below ${below}`;
      const wanted =
        typeof fallback === 'boolean' ? 'true or false' : `a ${whole ? 'whole ' : ''}number${from}${to}`;
      throw invalid(of, name, `is ${JSON.stringify(value)}; give ${wanted}`);
    }),
  ) as { readonly [K in keyof R]: R[K]['fallback'] extends boolean ? boolean : number };
}

const invalid = (of: string, name: string, why: string): DomainError =>
  new DomainError('invalid', 'SETTING_INVALID', `setting "${name}" of ${of} ${why}`, {
    metadata: { of, setting: name },
  });
