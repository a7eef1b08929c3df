import { DomainError, metadataWithoutValues } from '@noema/kernel';
import type { MetadataColumn, MetadataType } from '../dataset-version/dataset-version.js';
import type { MetadataCells, ShardSamples } from './ingestion.js';

const MAX_VALUES = 100;

/** A metadata column whose type is known. */
type KnownCells = MetadataCells & { readonly type: MetadataType };

/** The samples of all shards. */
export interface JoinedSamples extends ShardSamples {
  readonly metadata: readonly KnownCells[];
}

/**
 * The shards' samples, one after the other; a column without a value for any sample is left out. Throws
 * `invalid` METADATA_TYPE_CHANGED when a column has one type in some shard and another in a later one,
 * METADATA_EMPTY when a handler gave no value at all.
 */
export function joinSamples(parts: readonly ShardSamples[]): JoinedSamples {
  const types = new Map<string, MetadataType | undefined>();
  for (const { name, type } of parts.flatMap((part) => part.metadata)) {
    const known = types.get(name);
    if (known !== undefined && type !== undefined && known !== type) {
      throw new DomainError(
        'invalid',
        'METADATA_TYPE_CHANGED',
        `metadata "${name}" is a ${known} for some samples and a ${type} for others; a column has one type`,
        { metadata: { handler: name, role: 'metadata' } },
      );
    }
    types.set(name, known ?? type);
  }
  const samples = parts.reduce((sum, { sampleIds }) => sum + sampleIds.length, 0);
  const [empty] = metadataWithoutValues(
    [...types].map(([name, type]) => ({ name, hasValues: type !== undefined })),
    samples,
  );
  if (empty !== undefined) throw empty;
  const known = [...types].flatMap(([name, type]) => (type === undefined ? [] : [{ name, type }]));
  const metadata = known.map(({ name, type }) => ({
    name,
    type,
    values: parts.flatMap(
      (part) => part.metadata.find((m) => m.name === name)?.values ?? part.sampleIds.map(() => null),
    ),
  }));
  return {
    splits: parts.flatMap((p) => p.splits),
    sampleIds: parts.flatMap((p) => p.sampleIds),
    classIndexes: parts.flatMap((p) => p.classIndexes),
    metadata,
  };
}

/** What the values of a column are like. */
export function summarize({ name, type, values }: KnownCells): MetadataColumn {
  const known = values.filter((value) => value !== null);
  const distinct = new Set(known);
  const texts = type === 'string' && distinct.size <= MAX_VALUES ? ([...distinct] as string[]).sort() : [];
  const column = {
    name,
    type,
    distinct: distinct.size,
    missing: values.length - known.length,
    values: texts,
  };
  if (type !== 'number' || known.length === 0) return column;
  let [min, max] = [Infinity, -Infinity];
  for (const value of known as number[]) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { ...column, min, max };
}
