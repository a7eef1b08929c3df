import { DomainError } from './domain-error.js';

/** The methods of one kind that had a number before methods had keys; no others get one. */
export class MethodNumbers<T extends number> {
  private readonly keys: ReadonlyMap<T, string>;

  /** `fields` are the names of a request's fields for number and key; `unspecified` is the number of none. */
  constructor(
    private readonly numbers: Readonly<Record<string, T>>,
    private readonly fields: { readonly number: string; readonly key: string },
    private readonly unspecified: T,
  ) {
    this.keys = new Map(Object.entries(numbers).map(([key, number]) => [number, key]));
  }

  /** Returns the number of a method; unspecified for one that has a key only. */
  number(key: string): T {
    return this.numbers[key] ?? this.unspecified;
  }

  /**
   * Returns the key that a request names by number or by key, `undefined` if it names none. A number that no
   * method has becomes its digits, which the registry of the methods refuses. Throws `invalid`
   * METHOD_AMBIGUOUS if number and key name two methods.
   */
  key(number: T, key: string): string | undefined {
    const numbered = number === this.unspecified ? undefined : (this.keys.get(number) ?? String(number));
    if (numbered !== undefined && key !== '' && numbered !== key) throw this.ambiguous(numbered, key);
    return key || numbered;
  }

  private ambiguous(numbered: string, key: string): DomainError {
    const { fields } = this;
    return new DomainError(
      'invalid',
      'METHOD_AMBIGUOUS',
      `${fields.key} is "${key}" and ${fields.number} is "${numbered}"; give ${fields.key} alone`,
      { violations: [{ field: fields.key, description: `differs from ${fields.number}` }] },
    );
  }
}
