import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { findOrThrow, type Port, type SplitName, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { datasetVersionNotFound, datasetVersionNotReady } from '../dataset-version/dataset-version.errors.js';
import {
  countNumbers,
  type DatasetContent,
  type ReadyDatasetVersion,
} from '../dataset-version/dataset-version.js';
import { DatasetVersionRepository } from '../dataset-version/dataset-version.repository.js';
import type { EncodedShard, PopulationPlan } from '../ingestion/ingestion.js';
import type { IngestionRunner, OpenOrder, Progress } from '../ingestion/ingestion.ports.js';
import { TrainingClient } from '../peers/training.client.js';
import { readShard } from '../runner/shard.answer.js';
import { drawRegion, findPictureForm, findRegion, resizeRegion } from './crop.js';
import { packSamples } from './pack-samples.js';
import { PictureReader } from './picture.reader.js';
import { objectsChanged, objectsInvalid, objectsMissing } from './sample-object.errors.js';
import {
  BLOCK_PICTURES,
  listSamples,
  type ObjectBlock,
  type ObjectPicture,
  type ObjectSample,
  type ObjectSource,
} from './sample-object.js';

/** The objects of an order, and the pictures that have them. */
interface OpenObjects {
  readonly teamId: string;
  readonly source: ObjectSource;
  readonly version: ReadyDatasetVersion;
  readonly content: DatasetContent;
}

/** Metadata column by which the objects of a picture belong together. */
const GROUP_FIELD = 'picture';

/**
 * Cuts the objects of a run out of its pictures. Rows are the objects of the ground truth in the order of their
 * pictures, and after them the predicted ones, which have no ground truth. No code of users runs.
 */
@Injectable()
export class SampleObjectRunner implements IngestionRunner {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(DatasetVersionRepository) private readonly versions: Pick<DatasetVersionRepository, 'find'>,
    @Inject(TrainingClient) private readonly training: Pick<Port<TrainingClient>, 'listObjects'>,
    @Inject(PictureReader) private readonly pictures: Port<PictureReader>,
  ) {}

  async plan(
    order: OpenOrder,
    signal: AbortSignal,
    progress: (done: number) => void,
  ): Promise<PopulationPlan> {
    const opened = await this.open(order);
    const { source, content } = opened;
    const counts = new Map<SplitName, number>();
    const blocks: ObjectBlock[] = [];
    const hash = createHash('sha256');
    for (let index = 0; index * BLOCK_PICTURES < content.sampleCount; index++) {
      signal.throwIfAborted();
      const pictures = await this.readBlock(opened, index);
      const truths = pictures.flatMap((picture) => listSamples(picture, 'truths'));
      const predictions = pictures.flatMap((picture) => listSamples(picture, 'predictions'));
      for (const { id, picture } of truths) {
        counts.set(picture.split, (counts.get(picture.split) ?? 0) + 1);
        hash.update(`${picture.split}\0${id}\0`);
      }
      for (const { id } of predictions) hash.update(`unlabeled\0${id}\0`);
      blocks.push({ truths: truths.length, predictions: predictions.length });
      progress(Math.min((index + 1) * BLOCK_PICTURES, content.sampleCount));
    }
    const unlabeled = blocks.reduce((sum, { predictions }) => sum + predictions, 0);
    if (unlabeled > 0) counts.set('unlabeled', unlabeled);
    if (counts.size === 0) throw objectsMissing(source.runId, source.epoch);
    let sampleCount = 0;
    const splits = [...counts].map(([split, count]) => {
      sampleCount += count;
      return { split, count, firstRow: sampleCount - count };
    });
    return {
      sampleCount,
      splits,
      inputs: content.inputs,
      groundTruths: [{ name: 'class', type: 'float32', dims: [content.classNames.length] }],
      classNames: content.classNames,
      visualizers: [{ name: 'crop', mediaType: 'image/png' }],
      populationDigest: hash.digest('hex'),
      groupField: GROUP_FIELD,
      objectBlocks: blocks,
    };
  }

  async encode(
    order: OpenOrder,
    plan: PopulationPlan,
    rows: { readonly firstRow: number; readonly rowCount: number },
    signal: AbortSignal,
    progress: Progress,
  ): Promise<EncodedShard> {
    const opened = await this.open(order);
    const read = this.pictures.open(order.teamId, opened.version);
    const input = opened.content.inputs[0]!;
    const form = findPictureForm(input)!;
    const size = countNumbers(input);
    const numbers = new Float32Array(rows.rowCount * size);
    const crops: Uint8Array[] = [];
    const samples: ObjectSample[] = [];
    for await (const sample of this.listRows(opened, plan.objectBlocks ?? [], rows)) {
      signal.throwIfAborted();
      const { numbers: picture, divisor } = await read(sample.picture.row);
      const region = findRegion(sample.object, form);
      const at = samples.push(sample) - 1;
      const into = numbers.subarray(at * size, (at + 1) * size);
      resizeRegion(picture, { form, region, divisor, into });
      crops.push(drawRegion(picture, form, region));
      progress(samples.length, rows.rowCount);
      await setImmediate();
    }
    const { answer, body } = packSamples(samples, { numbers, crops, classes: plan.classNames.length });
    return readShard(answer, body, plan, rows, objectsInvalid);
  }

  /** Yields the samples of some rows, reading the evaluations of the pictures that have them. */
  private async *listRows(
    opened: OpenObjects,
    blocks: readonly ObjectBlock[],
    { firstRow, rowCount }: { readonly firstRow: number; readonly rowCount: number },
  ): AsyncGenerator<ObjectSample> {
    let next = 0;
    for (const kind of ['truths', 'predictions'] as const)
      for (const [index, block] of blocks.entries()) {
        const first = next;
        next += block[kind];
        if (next <= firstRow || first >= firstRow + rowCount) continue;
        const pictures = await this.readBlock(opened, index);
        const samples = pictures.flatMap((picture) => listSamples(picture, kind));
        const { runId, epoch } = opened.source;
        if (samples.length !== block[kind]) throw objectsChanged(runId, epoch);
        yield* samples.slice(Math.max(0, firstRow - first), firstRow + rowCount - first);
      }
  }

  private readBlock({ teamId, source, content }: OpenObjects, index: number): Promise<ObjectPicture[]> {
    const first = index * BLOCK_PICTURES;
    const length = Math.min(BLOCK_PICTURES, content.sampleCount - first);
    return this.training.listObjects(
      teamId,
      source,
      Array.from({ length }, (_, i) => first + i),
    );
  }

  private async open({ teamId, objects }: OpenOrder): Promise<OpenObjects> {
    const source = objects!;
    const { datasetVersionId } = source;
    const version = await this.unitOfWork.run(teamId, () =>
      findOrThrow(this.versions, datasetVersionId, datasetVersionNotFound),
    );
    const { ready } = version;
    if (ready === undefined) throw datasetVersionNotReady(datasetVersionId, version.state);
    return { teamId, source, version: { ...version, ready }, content: ready.content };
  }
}
