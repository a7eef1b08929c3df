/** Called with a parameter that was not understood. */
export type OnRefused = (key: string, text: string) => void;

/** A setting of a view: how an address carries it, and its value where the address omits it. */
export interface AddressField<T> {
  readonly initial: T;
  read(params: URLSearchParams, onRefused: OnRefused): T;
  /** Writes the value; `dimensions` is the number of dimensions of the shown map. */
  write(params: URLSearchParams, value: T, dimensions: 2 | 3): void;
}

/** One parameter and how its text is read and written. */
export interface FieldRow<T> {
  readonly key: string;
  readonly initial: T;
  /** The value of a text; `undefined` when it is not one. */
  readonly parse: (text: string) => T | undefined;
  /** The text of a value; `undefined` leaves the parameter out. */
  readonly format: (value: T, dimensions: 2 | 3) => string | undefined;
}

/** A setting in one parameter, which an address leaves out for the initial value. */
export function field<T>({ key, initial, parse, format }: FieldRow<T>): AddressField<T> {
  return {
    initial,
    read: (params, onRefused) => {
      const text = params.get(key);
      if (text === null) return initial;
      const value = parse(text);
      if (value === undefined) onRefused(key, text);
      return value ?? initial;
    },
    write: (params, value, dimensions) => {
      const text = format(value, dimensions);
      if (text !== undefined && text !== format(initial, dimensions)) params.set(key, text);
    },
  };
}

/** A list of parameters, `keys` in the order in which they are read; an initial list is empty. */
export function listField<K extends string, T, V>({
  parsers,
  entries,
  collect,
}: {
  readonly parsers: Readonly<Record<K, (text: string) => T | undefined>>;
  readonly entries: (value: V) => readonly (readonly [K, string])[];
  readonly collect: (items: readonly T[]) => V;
}): AddressField<V> {
  return {
    initial: collect([]),
    read: (params, onRefused) =>
      collect(
        (Object.keys(parsers) as K[]).flatMap((key) =>
          params.getAll(key).flatMap((text) => {
            const item = parsers[key](text);
            if (item === undefined) onRefused(key, text);
            return item === undefined ? [] : [item];
          }),
        ),
      ),
    write: (params, value) => {
      for (const [key, text] of entries(value)) params.append(key, text);
    },
  };
}

/** Value of a field. */
type ValueOf<F> = F extends AddressField<infer T> ? T : never;

/** The values of a table of fields. */
export type ValuesOf<F> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** A setting of several parameters, by a table of fields of its own. */
export function groupField<F extends Readonly<Record<string, AddressField<unknown>>>>(
  fields: F,
): AddressField<ValuesOf<F>> {
  const values = (toValue: (one: AddressField<unknown>) => unknown): ValuesOf<F> =>
    Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, toValue(one)])) as ValuesOf<F>;
  return {
    initial: values((one) => one.initial),
    read: (params, onRefused) => values((one) => one.read(params, onRefused)),
    write: (params, value, dimensions) => {
      for (const [name, one] of Object.entries(fields)) one.write(params, value[name], dimensions);
    },
  };
}
