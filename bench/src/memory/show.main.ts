import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HeatMapAlgorithm } from '@noema/contracts/noema/explanations/v1/heat_map';
import { RunKind } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { RunningPlatform } from '@noema/e2e/running-platform';
import { ZooPlatform } from '@noema/e2e/zoo-platform';
import { settledBytes, watchWorkers } from './memory.watch.js';
import { digitsModel, nsfwjs, resnet50 } from './show.models.js';
import { storeDigits, storeEmoji } from './show.pictures.js';

/*
 * A network of other people's on many pictures through the whole platform, and what each worker took for it.
 * `node bench/dist/src/memory/show.main.js nsfwjs|digits-60k|resnet50 [samples] [layers]`
 */
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const LIMIT = 1.6 * 2 ** 30;
const IDLE = 0.2;
/** Thousands of large pictures on two cores take hours where others use them too. */
const JOB_MS = 6 * 3_600_000;

interface Show {
  readonly samples: number;
  readonly pictures: (cache: string, folder: string, count: number) => Promise<void>;
  readonly model: (cache: string, folder: string) => Promise<string>;
  readonly logits?: 'softmax';
  readonly split: Split;
}

const SHOWS: Readonly<Record<string, Show>> = {
  nsfwjs: { samples: 2000, pictures: storeEmoji, model: nsfwjs, split: Split.UNLABELED },
  'digits-60k': { samples: 60_000, pictures: storeDigits, model: digitsModel, split: Split.TRAINING },
  resnet50: {
    samples: 500,
    pictures: storeEmoji,
    model: resnet50,
    logits: 'softmax',
    split: Split.UNLABELED,
  },
};

const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);

async function show(
  name: string,
  { samples, pictures, model, logits, split }: Show,
  asked: { readonly samples?: number; readonly layers: readonly string[] },
): Promise<boolean> {
  const cache = resolve(process.env['NOEMA_SHOW_CACHE'] ?? join(ROOT, '.noema/memory-show'));
  const folder = join(cache, name);
  const dataDir = join(cache, 'platform');
  const count = asked.samples ?? samples;
  await rm(dataDir, { recursive: true, force: true });
  for (const each of [folder, dataDir]) await mkdir(each, { recursive: true });
  await pictures(cache, folder, count);
  const module = join(folder, 'integration.mjs');
  const path = await model(cache, folder);
  await writeFile(
    module,
    'import { storedPictures } from ' +
      `${JSON.stringify(new URL('./show.integration.js', import.meta.url).href)};\nexport const ` +
      `integration = storedPictures(${JSON.stringify(folder)});\n`,
  );

  const platform = await RunningPlatform.up(dataDir);
  const seconds: Record<string, number> = {};
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await work();
    seconds[step] = Math.round((performance.now() - from) / 100) / 10;
    console.log(`${step}: ${seconds[step]} s`);
    return result;
  };
  try {
    const { api_key: key } = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8')) as {
      api_key: string;
    };
    const api = new ZooPlatform(platform.state().url, key, JOB_MS);
    const before = await settledBytes(platform, { hasWorked: false });
    const watch = watchWorkers(platform);
    const projectId = await api.createProject(name);
    const datasetVersionId = await timed('ingest', () => api.ingest(projectId, name, module));
    const modelVersionId = await timed('import', () => api.addModel(projectId, name, path, logits));
    const { runId, exploration } = await timed('evaluate, responses, vectors, map', () =>
      api.run(projectId, datasetVersionId, modelVersionId, {
        kind: RunKind.EVALUATE,
        layers: [...asked.layers],
      }),
    );
    const {
      activationSets: [set],
    } = await api.activationSets.listActivationSets({ projectId, runId });
    const query = { split, sampleId: '7' };
    const { similar } = await timed('similar', () =>
      api.similarity.findSimilar({ activationSetId: set!.id, queries: [query], k: 24 }),
    );
    const heatMaps = await timed('Grad-CAM', async () => {
      const { analysis, job } = await api.analyses.createAnalysis({
        projectId,
        runId,
        epoch: 1,
        sample: query,
        settings: { algorithms: [HeatMapAlgorithm.GRAD_CAM] },
      });
      await api.jobDone('explanations', job!.id);
      return (await api.analyses.getAnalysis({ analysisId: analysis!.id })).analysis!.heatMaps;
    });
    // A search for insights begins by itself, and holds its memory until it is done.
    await timed('insights', () => api.idle());
    const workers = watch.end();
    const after = await settledBytes(platform, { hasWorked: true });
    const units = set!.layers.reduce((sum, { unitCount }) => sum + unitCount, 0);
    console.log(
      `\n${name}: ${count} samples, ${units} units of ${set!.layers.length} layers, ${set!.dimensions} ` +
        `dimensions (residual ${set!.basisResidual.toFixed(4)}), map of ${exploration.pointCount} points, ` +
        `${similar.length} similar, ${heatMaps.length} heat maps`,
    );
    console.table(seconds);
    console.table(
      Object.fromEntries(
        workers.map(({ name: worker, peakBytes, processes }) => [
          worker,
          { 'peak MiB': mib(peakBytes), processes, holds: peakBytes <= LIMIT },
        ]),
      ),
    );
    console.table({
      before: { MiB: mib(before) },
      after: { MiB: mib(after) },
      change: { MiB: `${((after / before - 1) * 100).toFixed(1)} %` },
    });
    return workers.every(({ peakBytes }) => peakBytes <= LIMIT) && Math.abs(after / before - 1) <= IDLE;
  } finally {
    await platform.down();
  }
}

const [name = '', samples, layers] = process.argv.slice(2);
const chosen = SHOWS[name];
if (chosen === undefined) {
  console.error(`"${name}" is not one of ${Object.keys(SHOWS).join(', ')}`);
  process.exitCode = 2;
} else {
  const holds = await show(name, chosen, {
    ...(samples !== undefined && { samples: Number(samples) }),
    layers: layers?.split(',') ?? [],
  });
  console.log(holds ? 'within the law' : 'NOT within the law');
  process.exitCode = holds ? 0 : 1;
}
