import { DomainError } from '@noema/kernel';

/** Which epoch a client recorded. */
interface RecordedEpoch {
  readonly runId: string;
  readonly epoch: number;
}

export const recordedLayersMissing = (of: RecordedEpoch): DomainError =>
  broken('RECORDED_LAYERS_MISSING', of, 'name no layer');

export const recordedShardMissing = (of: RecordedEpoch, shard: number, count: number): DomainError =>
  broken(
    'RECORDED_SHARD_MISSING',
    of,
    `have ${count} shards, none for shard ${shard} of the dataset version`,
  );

export const recordedRowsDiffer = (
  of: RecordedEpoch,
  { shard, rows, expected }: { readonly shard: number; readonly rows: number; readonly expected: number },
): DomainError =>
  broken(
    'RECORDED_ROWS_DIFFER',
    of,
    `have ${rows} rows in shard ${shard}, where the dataset version has ${expected} samples`,
  );

export const recordedUnitsDiffer = (
  of: RecordedEpoch,
  {
    shard,
    column,
    numbers,
    expected,
  }: {
    readonly shard: number;
    readonly column: string;
    readonly numbers: number;
    readonly expected: number;
  },
): DomainError =>
  broken(
    'RECORDED_UNITS_DIFFER',
    of,
    `have ${numbers} numbers in column "${column}" of shard ${shard}, where rows × units of the layers are ` +
      String(expected),
  );

export const recordedLayerUnknown = (name: string, recorded: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'LAYER_UNKNOWN',
    `the run follows layer "${name}", which its client did not record; it recorded ${recorded.join(', ')}`,
    { metadata: { layer: name } },
  );

const broken = (reason: string, { runId, epoch }: RecordedEpoch, why: string): DomainError =>
  new DomainError(
    'data-loss',
    reason,
    `the recorded responses of epoch ${epoch} of run "${runId}" ${why}; record the epoch again`,
    { metadata: { run_id: runId, epoch: String(epoch) } },
  );
