import type { SplitName } from './sample-address.js';
import type { JobState } from './job-state.js';

export type ScalarType = 'string' | 'number' | 'boolean' | 'timestamp';

/**
 * A field whose values are those of an enum; filters take them by their names in JSON or by the short names
 * that rows hold.
 */
export interface EnumType {
  /** What the names in JSON begin with, such as `JOB_STATE`. */
  readonly prefix: string;
  /** The values as rows hold them, such as `succeeded` or `faiss-hnsw`. */
  readonly values: readonly string[];
}

export type FieldType = ScalarType | EnumType;

/** The fields that a filter may name, with the type of each. */
export type FilterFields = Readonly<Record<string, FieldType>> | ReadonlyMap<string, FieldType>;

/** The type of the values that rows hold. */
export const scalarOf = (type: FieldType): ScalarType => (typeof type === 'string' ? type : 'string');

/** The name in JSON of an enum's value: `faiss-hnsw` is `INDEX_KIND_FAISS_HNSW`. */
export const enumName = ({ prefix }: EnumType, value: string): string =>
  `${prefix}_${value.toUpperCase().replaceAll('-', '_')}`;

/**
 * The value as rows hold it, of its name in JSON or its short name; `undefined` for a name that the enum does
 * not have.
 */
export function enumValue(type: EnumType, name: string): string | undefined {
  return type.values.find((value) => name === value || name === enumName(type, value));
}

const SPLITS = { training: true, validation: true, test: true, unlabeled: true } satisfies Record<
  SplitName,
  true
>;
const JOB_STATES = {
  queued: true,
  running: true,
  cancelling: true,
  cancelled: true,
  succeeded: true,
  failed: true,
} satisfies Record<JobState, true>;

/** The split of a sample, as a field of filters. */
export const SPLIT_FIELD: EnumType = { prefix: 'SPLIT', values: Object.keys(SPLITS) };

/** The state of a job or of the resource that it makes, as a field of filters. */
export const JOB_STATE_FIELD: EnumType = { prefix: 'JOB_STATE', values: Object.keys(JOB_STATES) };

/**
 * What the field `label` of samples stands for: their metadata `label` when they have one, or else the name
 * of their class.
 */
export const labelAlias = (fields: ReadonlyMap<string, FieldType>): Readonly<Record<'label', string>> => ({
  label: fields.has('metadata.label') ? 'metadata.label' : 'class_name',
});
