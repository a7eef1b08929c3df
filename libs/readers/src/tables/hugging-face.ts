/** Type of a column of a Hugging Face data set; the fields that are read here. */
export interface Feature {
  readonly _type?: string;
  /** Names of the classes by their numbers. */
  readonly names?: readonly string[];
  /** Type of the values of a list. */
  readonly feature?: Feature;
}

/** Types of columns by name. */
export type Features = Readonly<Record<string, Feature>>;

/** The types in the text that Hugging Face writes into Arrow and Parquet files under the key `huggingface`. */
export const readFeatures = (text: string | undefined): Features =>
  readJson<{ info?: DatasetInfo }>(text).info?.features ?? {};

/** The types in a file `dataset_info.json`. */
export const readInfoFeatures = (text: string): Features => readJson<DatasetInfo>(text).features ?? {};

interface DatasetInfo {
  readonly features?: Features | null;
}

function readJson<T extends object>(text: string | undefined): Partial<T> {
  if (text === undefined) return {};
  try {
    return (JSON.parse(text) as T | null) ?? {};
  } catch {
    return {};
  }
}

/** The names of the classes of a column of class numbers; `undefined` for another column. */
export function classNames(feature: Feature | undefined): readonly string[] | undefined {
  const { _type, names } = feature ?? {};
  return _type === 'ClassLabel' && Array.isArray(names) && names.every((name) => typeof name === 'string')
    ? names
    : undefined;
}
