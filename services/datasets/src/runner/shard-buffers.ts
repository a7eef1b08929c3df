import { createHash } from 'node:crypto';
import { type MatrixColumn, writeBlobs, writeMatrix } from '@noema/artifacts/arrow';
import type { EncodedSample, SampleContext } from '@noema/integration';
import type { MetadataType } from '../domain/dataset-version.js';
import type { EncodedShard, IngestionPlan, ShardSamples } from '../domain/ingestion.js';

type Cell = string | number | boolean | null;
const sizeOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** Collects the encoded samples of one shard, row by row. */
export class ShardBuffers {
  private readonly inputs: MatrixColumn<Float32Array>[];
  private readonly groundTruths: MatrixColumn<Float32Array>[];
  private readonly visuals: Uint8Array[][];
  private readonly samples = { splits: [] as string[], sampleIds: [] as string[], classIndexes: [] as number[] };
  private readonly metadata = new Map<string, { type: MetadataType | undefined; values: Cell[] }>();
  private labelled = false;

  constructor(private readonly plan: IngestionPlan, private readonly rowCount: number) {
    const column = ({ name, dims }: { name: string; dims: readonly number[] }, fill: number) => ({ name, rows: rowCount, dims, data: new Float32Array(rowCount * sizeOf(dims)).fill(fill) });
    this.inputs = plan.inputs.map((spec) => column(spec, 0));
    this.groundTruths = plan.groundTruths.map((spec) => column(spec, NaN));
    this.visuals = plan.visualizers.map(() => []);
  }

  /** Takes the next row; rows without ground truth stay NaN there. */
  add(sample: SampleContext<unknown>, encoded: EncodedSample): void {
    const row = this.samples.sampleIds.length;
    encoded.inputs.forEach((tensor, i) => { this.inputs[i]!.data.set(tensor.data, row * tensor.data.length); });
    encoded.groundTruths?.forEach((tensor, i) => { this.groundTruths[i]!.data.set(tensor.data, row * tensor.data.length); });
    this.labelled ||= encoded.groundTruths !== undefined;
    encoded.visuals.forEach((visual, i) => { this.visuals[i]!.push(visual.bytes); });
    this.samples.splits.push(sample.split);
    this.samples.sampleIds.push(sample.id);
    this.samples.classIndexes.push(encoded.classIndex);
    for (const [name, cell] of encoded.metadata) this.cell(row, name, cell);
    for (const { values } of this.metadata.values()) while (values.length <= row) values.push(null);
  }

  finish(): EncodedShard {
    const samples: ShardSamples = { ...this.samples, metadata: [...this.metadata].map(([name, { type, values }]) => ({ name, type, values })) };
    const truths = this.labelled && this.groundTruths.length > 0;
    return {
      samples, digest: this.digest(samples),
      inputs: writeMatrix(this.inputs),
      groundTruths: truths ? writeMatrix(this.groundTruths) : undefined,
      visuals: this.visuals.length === 0 ? undefined : writeBlobs(this.plan.visualizers.map(({ name, mediaType }, i) => ({ name, mediaType, values: this.visuals[i]! }))),
    };
  }

  private cell(row: number, name: string, cell: Cell): void {
    let column = this.metadata.get(name);
    if (column === undefined) this.metadata.set(name, column = { type: undefined, values: Array.from({ length: row }, () => null) });
    column.values.push(cell);
    if (cell !== null) column.type ??= typeof cell as MetadataType;
  }

  /** Over the content and not the files, so that a new version of a file format does not make another dataset. */
  private digest(samples: ShardSamples): string {
    const hash = createHash('sha256').update(JSON.stringify([this.rowCount, samples]));
    for (const { name, data } of [...this.inputs, ...this.groundTruths]) hash.update(`\0${name}\0`).update(new Uint8Array(data.buffer));
    for (const blob of this.visuals.flat()) hash.update(`\0${blob.length}\0`).update(blob);
    return hash.digest('hex');
  }
}
