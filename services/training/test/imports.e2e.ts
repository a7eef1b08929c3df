import { readFile } from 'node:fs/promises';
import { parseArtifactRef } from '@noema/contracts';
import { type Job, JobState } from '@noema/contracts/noema/jobs/v1/job';
import { ModelFormat, type ModelVersion, ModelVersionOrigin } from '@noema/contracts/noema/training/v1/model';
import { ModelAdaptationKind, OutputActivation } from '@noema/contracts/noema/training/v1/model_service';
import { RunKind, RunState } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { ArtifactSweep } from '@noema/host';
import { catchError } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLASSES, OTHER_PROJECT, PROJECT } from './peers.js';
import { type RunningTraining, startTraining } from './running-training.js';

let running: RunningTraining;
let dataset: string;
beforeAll(async () => {
  running = await startTraining();
  dataset = await running.addDataset();
  await running.startWorker();
});
afterAll(() => running.stop());

const fixture = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../test/fixtures/${name}.onnx`, import.meta.url));

async function uploaded(bytes: Uint8Array, partBytes = 3000, projectId = PROJECT) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += partBytes)
    parts.push(
      (await running.api.models.uploadModelPart({ projectId, content: bytes.subarray(at, at + partBytes) }))
        .part!,
    );
  return parts;
}
async function ended(jobId: string): Promise<Job> {
  let last: Job | undefined;
  for await (const { job } of running.api.jobs.watchJob({ service: 'training', jobId })) last = job;
  return last!;
}
const stored = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const { uri } of running.store.list(''))
    if (/\/(models|model-files)\//.test(uri)) found.push(uri);
  return found.sort();
};

describe('an ONNX file', () => {
  it('becomes a model with its weights and the imported file, is evaluated, and can be trained on', async () => {
    const { models, runs, evaluations } = running.api;
    const bytes = await fixture('sides');
    const { modelId, modelVersionId, job } = await models.importModel({
      projectId: PROJECT,
      displayName: 'from torch',
      modelFile: { parts: await uploaded(bytes), outputActivation: OutputActivation.SOFTMAX },
    });
    expect(job).toMatchObject({ kind: 'training.import', subjectId: modelId });
    expect(await catchError(models.getModelVersion({ modelVersionId }))).toContain(
      'not-found MODEL_VERSION_NOT_FOUND',
    );
    expect(await ended(job!.id)).toMatchObject({ state: JobState.SUCCEEDED });
    const { model } = await models.getModel({ modelId });
    expect(model).toMatchObject({
      displayName: 'from torch',
      format: ModelFormat.ONNX,
      latestVersionId: modelVersionId,
      parameterCount: 60 + 24 + 330 + 75,
      inputs: [{ name: 'input', dims: [4, 4, 1] }],
      outputs: [{ name: 'output', dims: [3] }],
    });
    const { modelVersion } = await models.getModelVersion({ modelVersionId });
    expect(modelVersion).toMatchObject({
      number: 1,
      origin: ModelVersionOrigin.IMPORTED,
      state: JobState.SUCCEEDED,
    });
    expect(await running.store.get(parseArtifactRef(modelVersion!.imported, 'imported'))).toEqual(
      new Uint8Array(bytes),
    );
    expect(Number(modelVersion!.weights!.sizeBytes)).toBe(4 * model!.parameterCount);
    const { layers } = await models.listLayers({ modelVersionId });
    expect(layers.map((l) => [l.name, l.kind, l.outputDims, l.unitCount, l.convolutional])).toEqual([
      ['input', 'Input', [4, 4, 1], 0, false],
      ['conv1', 'Conv', [4, 4, 6], 6, true],
      ['bn1', 'BatchNormalization', [4, 4, 6], 0, false],
      ['conv2', 'Conv', [2, 2, 6], 6, true],
      ['fc', 'Gemm', [3], 3, false],
    ]);
    const evaluated = await running.ended(
      (
        await running.createRun({
          datasetVersionId: dataset,
          modelVersionId,
          settings: { kind: RunKind.EVALUATE },
        })
      ).id,
    );
    expect(evaluated).toMatchObject({ state: RunState.SUCCEEDED, epochsDone: 1 });
    const { evaluation } = await evaluations.getSampleEvaluation({
      runId: evaluated.id,
      epoch: 0,
      split: Split.VALIDATION,
      sampleId: 's1',
    });
    expect(evaluation!.probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);
    const trained = await running.ended(
      (
        await running.createRun({
          datasetVersionId: dataset,
          modelVersionId,
          settings: {
            epochs: 8,
            batchSize: 16,
            seed: 5,
            optimizer: { name: 'adam', config: { learning_rate: 0.01 } },
          },
        })
      ).id,
    );
    expect(trained.state).toBe(RunState.SUCCEEDED);
    const readLoss = async (runId: string): Promise<number> =>
      (await running.api.epochs.getEpoch({ runId, epoch: 0 })).epoch!.splits[0]!.loss;
    expect(await readLoss(trained.id)).toBeLessThan(0.7 * (await readLoss(evaluated.id)));
    expect(
      (await models.listModelVersions({ modelId })).modelVersions.map(({ origin, imported }) => [
        origin,
        imported !== undefined,
      ]),
    ).toEqual([
      ...Array.from({ length: 8 }, () => [ModelVersionOrigin.TRAINED, false]),
      [ModelVersionOrigin.IMPORTED, true],
    ]);
    expect((await stored()).filter((uri) => uri.includes('/model-files/'))).toEqual([]);
    await runs.deleteRun({ runId: trained.id });
  });

  it('is given a head for other classes, and trains that alone while all other weights stay bit for bit', async () => {
    const { models } = running.api;
    const source = (await models.listModels({ projectId: PROJECT, filter: 'display_name = "from torch"' }))
      .models[0]!;
    const imported = (await models.listModelVersions({ modelId: source.id })).modelVersions.at(-1)!;
    const request = {
      modelVersionId: imported.id,
      datasetVersionId: dataset,
      displayName: 'with a new head',
      kind: ModelAdaptationKind.HEAD,
      seed: 4,
      requestId: 'adapt once',
    };
    const { model, modelVersion } = await models.adaptModel(request);
    expect((await models.adaptModel(request)).model!.id).toBe(model!.id);
    expect(model).toMatchObject({ format: ModelFormat.ONNX, parameterCount: source.parameterCount });
    expect(modelVersion).toMatchObject({ number: 1, origin: ModelVersionOrigin.ADAPTED });
    const { layers } = await models.listLayers({ modelVersionId: modelVersion!.id });
    expect(layers.at(-1)).toMatchObject({ name: 'head', kind: 'Dense', outputDims: [3], unitCount: 3 });
    const readWeights = async ({ weights }: Pick<ModelVersion, 'weights'>) =>
      Buffer.from(await running.store.get(parseArtifactRef(weights, 'weights')));
    const base = Buffer.byteLength(await readWeights(imported)) - 4 * 75;
    const before = await readWeights(modelVersion!);
    expect(before.subarray(0, base)).toEqual((await readWeights(imported)).subarray(0, base));
    const run = await running.ended(
      (
        await running.createRun({
          datasetVersionId: dataset,
          modelVersionId: modelVersion!.id,
          settings: { epochs: 2, batchSize: 16, seed: 5, frozenLayers: ['base'] },
        })
      ).id,
    );
    expect(run).toMatchObject({
      state: RunState.SUCCEEDED,
      settings: { frozenLayers: ['conv1', 'bn1', 'conv2'] },
    });
    const trained = (await models.getModelVersion({ modelVersionId: run.lastEpoch!.modelVersionId }))
      .modelVersion!;
    const after = await readWeights(trained);
    expect(after.subarray(0, base)).toEqual(before.subarray(0, base));
    expect(after.subarray(base)).not.toEqual(before.subarray(base));
    expect(
      await catchError(
        models.adaptModel({ ...request, requestId: '', kind: ModelAdaptationKind.CLASS_ORDER }),
      ),
    ).toContain('invalid MODEL_ADAPTATION_INVALID');
  });

  it('has its numbers in an order that is stated, whatever names it has, without a changed weight', async () => {
    const { models, evaluations } = running.api;
    const source = (await models.listModels({ projectId: PROJECT, filter: 'display_name = "from torch"' }))
      .models[0]!;
    const imported = (await models.listModelVersions({ modelId: source.id })).modelVersions.at(-1)!;
    const [a, b, c] = CLASSES;
    const request = { modelVersionId: imported.id, datasetVersionId: dataset, displayName: 'stated' };
    expect(await catchError(models.adaptModel({ ...request, classes: [c, a, c] }))).toContain(
      `the class "${c}" appears twice`,
    );
    const { model, modelVersion } = await models.adaptModel({ ...request, classes: [c, a, b] });
    expect(model!.outputs[0]!.classNames).toEqual([a, b, c]);
    const [before, after] = await Promise.all(
      [imported.id, modelVersion!.id].map(async (modelVersionId) => {
        const settings = { kind: RunKind.EVALUATE };
        const run = await running.createRun({ datasetVersionId: dataset, modelVersionId, settings });
        await running.ended(run.id);
        const of = { runId: run.id, epoch: 0, split: Split.VALIDATION, sampleId: 's1' };
        return (await evaluations.getSampleEvaluation(of)).evaluation!.probabilities;
      }),
    );
    expect(after).toEqual([before![1], before![2], before![0]]);
  });

  it(
    'follows the layers that are chosen for it, unless a run chooses others; unknown ones are refused ' +
      'with the known',
    async () => {
      const { models } = running.api;
      const parts = () => fixture('sides').then((bytes) => uploaded(bytes));
      const { modelId, modelVersionId, job } = await models.importModel({
        projectId: PROJECT,
        displayName: 'followed',
        modelFile: { parts: await parts(), layers: ['conv*'], outputActivation: OutputActivation.SOFTMAX },
      });
      expect(await ended(job!.id)).toMatchObject({ state: JobState.SUCCEEDED });
      expect((await models.getModel({ modelId })).model!.layers).toEqual(['conv1', 'conv2']);
      const followLayers = async (layers: string[]): Promise<string[]> =>
        (
          await running.createRun({
            datasetVersionId: dataset,
            modelVersionId,
            settings: { kind: RunKind.EVALUATE, layers },
          })
        ).settings!.layers;
      expect([
        await followLayers([]),
        await followLayers(['fc', 'conv2']),
        await followLayers(['*']),
      ]).toEqual([['conv1', 'conv2'], ['conv2', 'fc'], []]);
      expect(await catchError(followLayers(['conv9']))).toContain(
        'invalid LAYER_UNKNOWN: the model has no layer "conv9" whose responses could be followed; it has ' +
          'conv1, conv2, fc, block_1, block_2.',
      );
      const { blocks, proposed } = await models.listLayers({ modelVersionId });
      expect([
        blocks.map(({ name, unitCount, outputDims }) => [name, unitCount, outputDims]),
        proposed,
      ]).toEqual([
        [
          ['block_1', 6, [2, 2, 6]],
          ['block_2', 6, [2, 2, 6]],
        ],
        ['block_1', 'block_2', 'fc'],
      ]);
      expect(await followLayers(['blocks'])).toEqual(['fc', 'block_1', 'block_2']);
      expect(
        await catchError(
          models.importModelVersion({ modelId, modelFile: { parts: await parts(), layers: ['fc'] } }),
        ),
      ).toContain('invalid MODEL_IMPORT_INVALID');
      const wrong = await models.importModel({
        projectId: PROJECT,
        displayName: 'wrong',
        modelFile: { parts: await parts(), layers: ['relu'] },
      });
      expect((await ended(wrong.job!.id)).fault).toMatchObject({ reason: 'LAYER_UNKNOWN' });
    },
  );

  it('with the same architecture becomes a further version', async () => {
    const { models } = running.api;
    const modelFile = { format: ModelFormat.ONNX, parts: await uploaded(await fixture('sides')) };
    const { modelId, job } = await models.importModel({
      projectId: PROJECT,
      displayName: 'twice',
      modelFile,
    });
    await ended(job!.id);
    const again = await models.importModelVersion({
      modelId,
      modelFile: { parts: await uploaded(await fixture('other-sides')) },
    });
    expect(again.modelVersion).toMatchObject({ modelId, state: JobState.QUEUED, jobId: again.job!.id });
    expect(await ended(again.job!.id)).toMatchObject({ state: JobState.SUCCEEDED });
    const {
      modelVersions: [second, first],
    } = await models.listModelVersions({ modelId });
    expect(second).toMatchObject({
      id: again.modelVersion!.id,
      number: 2,
      origin: ModelVersionOrigin.IMPORTED,
      topology: { sha256: first!.topology!.sha256 },
    });
    expect(second!.weights!.sha256).not.toBe(first!.weights!.sha256);
    const other = await models.importModelVersion({
      modelId,
      modelFile: {
        parts: await uploaded(await fixture('sides')),
        outputActivation: OutputActivation.SOFTMAX,
      },
    });
    expect((await ended(other.job!.id)).fault).toMatchObject({ reason: 'MODEL_ARCHITECTURE_DIFFERS' });
  });

  it('that is refused leaves only the fault of its job', async () => {
    const { models } = running.api;
    const before = await stored();
    for (const [bytes, reason] of [
      [(await fixture('sides')).subarray(0, 1500), 'ONNX_INVALID'],
      [Buffer.from('PK\u0003\u0004 no model'), 'MODEL_FORMAT_UNKNOWN'],
    ] as const) {
      const { modelId, job } = await models.importModel({
        projectId: PROJECT,
        displayName: reason,
        modelFile: { parts: await uploaded(bytes) },
      });
      expect(await ended(job!.id)).toMatchObject({ state: JobState.FAILED, attempt: 1, fault: { reason } });
      expect(await catchError(models.getModel({ modelId }))).toContain('not-found MODEL_NOT_FOUND');
    }
    expect(await stored()).toEqual(before);
  });

  it('is refused at once for what can be seen at once', async () => {
    const { models } = running.api;
    const parts = await uploaded(await fixture('sides'));
    await running.addModel();
    const asked = (request: object): Promise<string> =>
      catchError(
        models.importModel({ projectId: PROJECT, displayName: 'x', modelFile: { parts }, ...request }),
      );
    expect(await asked({ displayName: ' ' })).toContain('invalid DISPLAY_NAME_INVALID');
    expect(await asked({ displayName: 'model 0' })).toContain('exists MODEL_NAME_TAKEN');
    expect(await asked({ modelFile: {} })).toContain('invalid MODEL_FILE_MISSING');
    expect(await asked({ modelFile: { parts, format: ModelFormat.RECORDED } })).toContain(
      'unsupported MODEL_FORMAT_UNSUPPORTED: models are not imported from recorded; give onnx',
    );
    expect(await asked({ projectId: OTHER_PROJECT })).toContain('not-found MODEL_PART_NOT_FOUND');
    expect(
      await asked({
        modelFile: { parts: [{ ...parts[0]!, uri: parts[0]!.uri.replace('model-files', '../x') }] },
      }),
    ).toContain('not-found MODEL_PART_NOT_FOUND');
    expect(await asked({ modelFile: { parts: Array.from({ length: 1025 }, () => parts[0]!) } })).toContain(
      'invalid MODEL_FILE_TOO_LARGE',
    );
    expect(
      await catchError(models.uploadModelPart({ projectId: PROJECT, content: new Uint8Array(5 * 2 ** 20) })),
    ).toContain('invalid MODEL_PART_TOO_LARGE');
    expect(await catchError(models.uploadModelPart({ projectId: PROJECT }))).toContain(
      'invalid MODEL_PART_EMPTY',
    );
  });

  it('that no client imports is swept with what no row names, and what was imported stays', async () => {
    const [part] = await uploaded(await fixture('sides'));
    const sweep = running.service.app.get(ArtifactSweep);
    await sweep.run({ graceMs: 0 });
    await sweep.run({ graceMs: 0 });
    const left = await stored();
    expect(left).not.toContain(part!.uri);
    expect(left.filter((uri) => uri.includes('/imported.'))).toHaveLength(4);
  });
});

describe('a file of Keras', () => {
  it.each([
    ['net-3.keras', ModelFormat.KERAS_V3],
    ['net-2.h5', ModelFormat.KERAS_H5],
  ])('%s becomes a model of its format, with its layers', async (name, format) => {
    const bytes = await readFile(
      new URL(`../../../../libs/importers/test/fixtures/${name}`, import.meta.url),
    );
    const { modelId, modelVersionId, job } = await running.api.models.importModel({
      projectId: PROJECT,
      displayName: name,
      modelFile: { parts: await uploaded(bytes, 2 ** 20) },
    });
    expect(await ended(job!.id)).toMatchObject({ state: JobState.SUCCEEDED });
    const { model } = await running.api.models.getModel({ modelId });
    expect(model).toMatchObject({ format, inputs: [{ dims: [6, 4] }], outputs: [{ dims: [2] }] });
    const { layers } = await running.api.models.listLayers({ modelVersionId });
    expect(layers.map((layer) => layer.name)).toContain('inner/second');
  });
});
