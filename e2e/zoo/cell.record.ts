import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMatrix } from '@noema/artifacts';
import { HeatMapAlgorithm, TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import type { RunSettings } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { EvaluationFile, readVectors } from '@noema/population/files';
import type { ZooPlatform } from './zoo-platform.js';

/** How one algorithm's maps did in deletion. */
export interface HeatShare {
  /** The output that is explained, of a network with several. */
  readonly output?: string;
  readonly algorithm: string;
  readonly samples: number;
  /** Samples whose map beats the random masks in deletion. */
  readonly better: number;
  /** Number of samples whose map is not better and whose response reports it. */
  readonly told: number;
}

/** One output of a network with several; its numbers are in the arrays `outputs.<i>` and so on. */
export interface OutputRecord {
  readonly name: string;
  /** The integrated gradients in the array `maps.<i>`, in its order. */
  readonly maps: readonly { readonly row: number; readonly classIndex: number }[];
}

/** The address of a row. */
export type ToAddress = (row: number) => { readonly split: Split; readonly sampleId: string };

/** Everything that the platform says of a cell. */
export interface CellRecord {
  readonly rows: number;
  readonly layers: readonly { readonly name: string; readonly kind: string; readonly units: number }[];
  readonly explainedVariance: number;
  readonly statedAgreement: number;
  readonly splits: readonly {
    readonly split: string;
    readonly loss: number;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
  /** The loss that followed from output and ground truth; empty without one. */
  readonly lossName: string;
  readonly similar: readonly { readonly row: number; readonly found: readonly number[] }[];
  readonly heat: readonly HeatShare[];
  /** Every output of a network with several; empty for one output. */
  readonly outputs: readonly OutputRecord[];
  readonly arrays: Readonly<Record<'mean' | 'max' | 'vectors' | 'loss' | 'outputs', Float32Array>> &
    Readonly<Record<string, Float32Array>>;
  readonly model: Uint8Array;
  readonly weights: Uint8Array;
}

const QUERIES = 10;
const SIMILAR = 12;

/** The data of a run's last epoch, read through the public API alone. */
export async function fetchRecord(
  platform: ZooPlatform,
  {
    runId,
    exploration,
    settings,
    toAddress,
    explained,
  }: {
    readonly runId: string;
    readonly exploration: Exploration;
    readonly settings: RunSettings;
    readonly toAddress: ToAddress;
    readonly explained: number;
  },
): Promise<CellRecord> {
  const { activationSetId, trust, epoch: number } = exploration;
  const set = (await platform.activationSets.getActivationSet({ activationSetId })).activationSet!;
  const { shards } = await platform.activationSets.listActivationShards({ activationSetId, pageSize: 1000 });
  const responses = await Promise.all(
    shards.map(async ({ responses }) => readMatrix(await platform.read('activations', responses!))),
  );
  const vectors = await Promise.all(
    shards.map(async ({ vectors }) => readVectors(await platform.read('activations', vectors!))),
  );
  const epoch = (await platform.epochs.getEpoch({ runId, epoch: number })).epoch!;
  const { outputs, first } = EvaluationFile.read(await platform.read('training', epoch.evaluation!));
  const joined = (parts: readonly Float32Array[]): Float32Array =>
    Float32Array.from(parts.flatMap((part) => [...part]));
  const rows = set.sampleCount;
  const explainedRows = spread(rows, explained);
  const heat = await Promise.all(
    (outputs.length > 1 ? outputs : [first]).map(async (output) => {
      const predicted = output.predictedClass;
      return explainOutput(platform, exploration, {
        name: outputs.length > 1 ? output.name! : '',
        samples: explainedRows.map((row) => ({
          row,
          sample: toAddress(row),
          predicted: predicted?.[row] ?? -1,
        })),
      });
    }),
  );
  return {
    rows,
    layers: set.layers.map(({ name, kind, unitCount }) => ({ name, kind, units: unitCount })),
    explainedVariance: set.explainedVariance,
    statedAgreement: trust?.labelAgreementVectors ?? 0,
    lossName: settings.loss?.name ?? '',
    splits: epoch.splits.map(({ split, loss, metrics }) => ({
      split: Split[split].toLowerCase(),
      loss,
      metrics: Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
    })),
    similar: await similarLists(platform, activationSetId, rows, toAddress),
    heat: heat.flatMap(({ shares }) => shares),
    outputs:
      outputs.length > 1 ? outputs.map(({ name }, i) => ({ name: name!, maps: heat[i]!.explained })) : [],
    arrays: {
      mean: joined(responses.map((part) => part.float32('mean').data)),
      max: joined(responses.map((part) => part.float32('max').data)),
      vectors: joined(vectors.map((part) => part.data)),
      loss: first.loss,
      outputs: first.outputs.data,
      ...(outputs.length > 1 &&
        Object.assign(
          {},
          ...outputs.map((output, i) => ({
            [`outputs.${i}`]: output.outputs.data,
            [`loss.${i}`]: output.alone().loss,
            [`predicted.${i}`]: Float32Array.from(output.predictedClass ?? []),
            [`maps.${i}`]: joined(heat[i]!.maps),
          })),
        )),
    },
    ...(await modelFiles(platform, epoch)),
  };
}

/** Writes a record where the referee reads it. */
export async function writeRecord(record: CellRecord, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { arrays, model, weights, ...rest } = record;
  await writeFile(join(folder, 'record.json'), JSON.stringify(rest));
  await writeFile(join(folder, 'model.json'), model);
  await writeFile(join(folder, 'weights.bin'), weights);
  for (const [name, data] of Object.entries(arrays))
    await writeFile(
      join(folder, `${name}.f32`),
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
}

/** The weights belong to the epoch. A version that was not trained has no weights. */
async function modelFiles(
  platform: ZooPlatform,
  { modelVersionId, weights }: Epoch,
): Promise<{ model: Uint8Array; weights: Uint8Array }> {
  const { topology } = (await platform.models.getModelVersion({ modelVersionId })).modelVersion!;
  return {
    model: await platform.read('training', topology!),
    weights: await platform.read('training', weights!),
  };
}

/** Rows spread evenly over the population. */
const spread = (rows: number, count: number): number[] =>
  Array.from({ length: Math.min(count, rows) }, (_, i) =>
    Math.floor(((i + 0.5) * rows) / Math.min(count, rows)),
  );

async function similarLists(
  platform: ZooPlatform,
  activationSetId: string,
  rows: number,
  toAddress: ToAddress,
): Promise<CellRecord['similar']> {
  return Promise.all(
    spread(rows, QUERIES).map(async (row) => {
      const { similar } = await platform.similarity.findSimilar({
        activationSetId,
        queries: [toAddress(row)],
        k: SIMILAR,
      });
      return { row, found: similar.map((s) => s.row) };
    }),
  );
}

interface ExplainedSample {
  readonly row: number;
  readonly sample: ReturnType<ToAddress>;
  /** -1 where the network does not classify. */
  readonly predicted: number;
}

interface ExplainedOutput {
  readonly shares: readonly HeatShare[];
  readonly explained: OutputRecord['maps'];
  /** Integrated gradients of the predicted class of each sample, in units of the score. */
  readonly maps: readonly Float32Array[];
}

/**
 * Explains samples by the platform's default algorithms and counts, by algorithm, how many maps of the
 * predicted class beat random masks. Of a class for every position it is the one with the smallest area: what
 * is deleted looks like the background, which has the largest. The name of the output is empty for the only one.
 */
async function explainOutput(
  platform: ZooPlatform,
  { projectId, runId, epoch }: Exploration,
  { name: output, samples }: { readonly name: string; readonly samples: readonly ExplainedSample[] },
): Promise<ExplainedOutput> {
  const counted = new Map<string, HeatShare>();
  const explained: OutputRecord['maps'][number][] = [];
  const maps: Float32Array[] = [];
  const started = await Promise.all(
    samples.map(({ sample, predicted }) =>
      platform.analyses.createAnalysis({
        projectId,
        runId,
        epoch,
        sample,
        settings: { classes: predicted < 0 ? [] : [predicted], output },
      }),
    ),
  );
  for (const [i, { analysis, job }] of started.entries()) {
    await platform.jobDone('explanations', job?.id ?? '');
    const { heatMaps, predictedClass } = (await platform.analyses.getAnalysis({ analysisId: analysis!.id }))
      .analysis!;
    const ofClasses = heatMaps.filter(({ target }) => target?.kind === TargetKind.CLASS);
    const shown = samples[i]!.predicted < 0 ? ofClasses.at(-1)?.target?.classIndex : predictedClass;
    for (const { algorithm, target, faithfulness, values, peak } of heatMaps) {
      if (
        faithfulness === undefined ||
        algorithm === HeatMapAlgorithm.LOSS_GRADIENT ||
        (target?.classIndex ?? -1) !== shown
      )
        continue;
      const name = HeatMapAlgorithm[algorithm].toLowerCase();
      const seen = counted.get(name) ?? { algorithm: name, samples: 0, better: 0, told: 0 };
      const isBetter = faithfulness.deletion < faithfulness.randomDeletion;
      counted.set(name, {
        ...(output !== '' && { output }),
        algorithm: name,
        samples: seen.samples + 1,
        better: seen.better + Number(isBetter),
        told: seen.told + Number(!isBetter && !faithfulness.deletionBeatsRandom),
      });
      if (output === '' || algorithm !== HeatMapAlgorithm.INTEGRATED_GRADIENTS) continue;
      const map = readMatrix(await platform.read('explanations', values!)).float32('values').data;
      explained.push({ row: samples[i]!.row, classIndex: shown });
      maps.push(map.map((value) => value * peak!));
    }
  }
  return { shares: [...counted.values()], explained, maps };
}
