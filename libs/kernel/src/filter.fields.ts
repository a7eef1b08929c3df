import type { SplitName } from './sample-address.js';
import type { JobState } from './job-state.js';

export type ScalarType = 'string' | 'number' | 'boolean' | 'timestamp';

/** A field with the values of an enum. Filters accept the JSON names or the short names that rows hold. */
export interface EnumType {
  /** Prefix of the JSON names, such as `JOB_STATE`. */
  readonly prefix: string;
  /** The values as stored in rows, such as `succeeded` or `faiss-hnsw`. */
  readonly values: readonly string[];
}

export type FieldType = ScalarType | EnumType;

/** The fields that a filter may use, with the type of each. */
export type FilterFields = Readonly<Record<string, FieldType>> | ReadonlyMap<string, FieldType>;

/** Returns the type of the values that rows hold. */
export const toScalar = (type: FieldType): ScalarType => (typeof type === 'string' ? type : 'string');

/** Returns the JSON name of an enum value: `faiss-hnsw` is `INDEX_KIND_FAISS_HNSW`. */
export const enumName = ({ prefix }: EnumType, value: string): string =>
  `${prefix}_${value.toUpperCase().replaceAll('-', '_')}`;

/** Returns the stored value for a JSON name or short name, or `undefined` if the enum has no such value. */
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

/** The split of a sample, as a filter field. */
export const SPLIT_FIELD: EnumType = { prefix: 'SPLIT', values: Object.keys(SPLITS) };

/** The state of a job, or of the resource that it creates, as a filter field. */
export const JOB_STATE_FIELD: EnumType = { prefix: 'JOB_STATE', values: Object.keys(JOB_STATES) };

/**
 * Returns the fields that short names stand for. `label` is the metadata column `label` if there is one, otherwise the
 * class name; `truth` is the true class of an evaluation, otherwise the label.
 */
export function labelAlias(
  fields: ReadonlyMap<string, FieldType>,
): Readonly<Record<'label' | 'truth', string>> {
  const label = fields.has('metadata.label') ? 'metadata.label' : 'class_name';
  return { label, truth: fields.has('true_class') ? 'true_class' : label };
}

/** As `labelAlias`, without the short names of fields that do not exist. */
export const knownAliases = (fields: ReadonlyMap<string, FieldType>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labelAlias(fields)).filter(([, field]) => fields.has(field)));
