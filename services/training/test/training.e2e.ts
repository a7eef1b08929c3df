import { once } from 'node:events';
import type { JsonObject } from '@bufbuild/protobuf';
import { readMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { type Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { ModelFormat, ModelVersionOrigin } from '@noema/contracts/noema/training/v1/model';
import { RunKind, RunState } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { lossHeads, metrics, optimizers, schedules } from '@noema/engine';
import { EpochCompleted, PostgresBus, RunFinished } from '@noema/events';
import { ArtifactSweep } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { compileLayers, decodeWeights } from '@noema/layers';
import { assertRowLevelSecurity, Database } from '@noema/postgres';
import { catchError, holdRows, reachedByTrespass, reachedWithout, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OTHER_PROJECT, OTHER_TEAM, PROJECT, TEAM } from './peers.js';
import { makeTopology, type RunningTraining, startTraining } from './running-training.js';
import { taskCases } from './task.cases.js';

let running: RunningTraining;
let dataset: string;
let version: string;
beforeAll(async () => {
  running = await startTraining();
  [dataset, version] = [await running.addDataset(), await running.addModel()];
});
afterAll(() => running.stop());

const readBytes = (epoch: Epoch, part: 'weights' | 'evaluation' | 'optimizerState') =>
  running.store.get(parseArtifactRef(epoch[part], part));
const readLastEpoch = async (runId: string): Promise<Epoch> =>
  (await running.api.epochs.getEpoch({ runId, epoch: 0 })).epoch!;

describe('the methods of the training service', () => {
  it('are losses, optimizers, metrics and schedules, each kind with its keys, and one default optimizer', async () => {
    const { methods } = await running.api.methods.listMethods({ service: 'training' });
    const listKeys = (kind: string) => methods.filter((one) => one.kind === kind).map(({ key }) => key);
    expect(listKeys('loss')).toEqual(lossHeads.keys());
    expect(listKeys('optimizer')).toEqual(optimizers.keys());
    expect(listKeys('metric')).toEqual(metrics.keys());
    expect(listKeys('schedule')).toEqual(schedules.keys());
    expect(
      methods.filter(({ facts }) => facts?.['usedByDefault'] === true).map(({ kind, key }) => [kind, key]),
    ).toEqual([['optimizer', 'adam']]);
    const [beta] = methods.find(({ key }) => key === 'adam')!.parameters.slice(1);
    expect(beta).toMatchObject({ name: 'beta_1', minimum: 0, below: 1, default: { kind: { value: 0.9 } } });
  });
});

describe('a model', () => {
  it('is compiled when it is made, and shows its layers', async () => {
    const { models } = running.api;
    const { model, modelVersion } = await models.createModel({
      projectId: PROJECT,
      displayName: 'sides',
      topology: makeTopology(),
      seed: 1,
    });
    expect(model).toMatchObject({
      displayName: 'sides',
      format: ModelFormat.LAYERS_JSON,
      latestVersionId: modelVersion!.id,
      parameterCount: 4 * 9 + 4 + 16 * 3 + 3,
    });
    expect(model!.inputs.map(({ name, dims }) => [name, dims])).toEqual([['conv_input', [4, 4, 1]]]);
    expect(model!.outputs.map(({ name, dims }) => [name, dims])).toEqual([['class', [3]]]);
    expect(modelVersion).toMatchObject({
      number: 1,
      origin: ModelVersionOrigin.INITIALIZED,
      state: JobState.SUCCEEDED,
    });
    const { layers } = await models.listLayers({ modelVersionId: modelVersion!.id });
    expect(
      layers.map((l) => [l.name, l.kind, l.outputDims, l.parameterCount, l.unitCount, l.convolutional]),
    ).toEqual([
      ['conv_input', 'InputLayer', [4, 4, 1], 0, 0, false],
      ['conv', 'Conv2D', [2, 2, 4], 40, 4, true],
      ['flat', 'Flatten', [16], 0, 0, false],
      ['drop', 'Dropout', [16], 0, 0, false],
      ['class', 'Dense', [3], 51, 3, false],
    ]);
    expect(
      await catchError(
        models.createModel({ projectId: PROJECT, displayName: 'sides', topology: makeTopology() }),
      ),
    ).toContain('exists MODEL_NAME_TAKEN');
    expect(layers.map(({ inputs }) => inputs)).toEqual([[], ['conv_input'], ['conv'], ['flat'], ['drop']]);
    const version = { modelVersionId: modelVersion!.id };
    expect((await models.listModelLimits(version)).limits).toEqual([]);
    expect(await catchError(models.listWeightStatistics(version))).toContain('precondition WEIGHTS_MISSING');
    await models.deleteModel({ modelId: model!.id });
    expect(await catchError(models.listWeightStatistics(version))).toContain(
      'not-found MODEL_VERSION_NOT_FOUND',
    );
    expect(await catchError(models.getModelVersion({ modelVersionId: modelVersion!.id }))).toContain(
      'not-found MODEL_VERSION_NOT_FOUND',
    );
  });

  it.each<[string, object, string]>([
    [
      'an unknown layer',
      { topology: { class_name: 'Sequential', config: [{ class_name: 'Denze', config: { name: 'd' } }] } },
      'invalid LAYER_KIND_UNKNOWN: layer "d" is of unknown kind "Denze"; known: Activation',
    ],
    [
      'a bad setting',
      {
        topology: {
          class_name: 'Sequential',
          config: [{ class_name: 'Dense', config: { name: 'd', units: 0, batch_input_shape: [null, 3] } }],
        },
      },
      'invalid LAYER_INVALID: layer "d" (Dense) has units 0; give a whole number of 1 or more',
    ],
    ['no topology', { topology: undefined }, 'invalid MODEL_INVALID'],
    ['no name', { displayName: ' ' }, 'invalid DISPLAY_NAME_INVALID'],
    [
      'a name that moves the cursor',
      { displayName: 'a\u001b[2J' },
      'invalid DISPLAY_NAME_INVALID: display_name has control characters',
    ],
    ['a name with NUL', { displayName: 'a\0' }, 'invalid FIELD_INVALID: display_name: has the character NUL'],
    [
      'too many parameters',
      {
        topology: {
          class_name: 'Sequential',
          config: [{ class_name: 'Dense', config: { name: 'd', units: 1e9, batch_input_shape: [null, 64] } }],
        },
      },
      'invalid MODEL_TOO_LARGE: the model has 65000000000 numbers; at most 268435456',
    ],
    [
      'a layer that is too large',
      {
        topology: {
          class_name: 'Sequential',
          config: [{ class_name: 'Flatten', config: { name: 'f', batch_input_shape: [null, 1e4, 1e4] } }],
        },
      },
      'invalid MODEL_TOO_LARGE: one sample at layer',
    ],
    ['an unknown project', { projectId: uuidv7() }, 'not-found PROJECT_NOT_FOUND'],
  ])('with %s is refused', async (_, wrong, reason) => {
    expect(
      await catchError(
        running.api.models.createModel({
          projectId: PROJECT,
          displayName: 'wrong',
          topology: makeTopology(),
          ...wrong,
        }),
      ),
    ).toContain(reason);
  });

  it('gets another name, which no other model of the project has', async () => {
    const { models } = running.api;
    const [first, second] = [
      await models.createModel({
        projectId: PROJECT,
        displayName: 'before',
        topology: makeTopology(),
        seed: 1,
      }),
      await models.createModel({
        projectId: PROJECT,
        displayName: 'other',
        topology: makeTopology(),
        seed: 1,
      }),
    ];
    const rename = (displayName: string, paths = ['display_name']) =>
      models.updateModel({ model: { id: first.model!.id, displayName }, updateMask: { paths } });
    expect((await rename(' after ')).model).toEqual({ ...first.model!, displayName: 'after' });
    expect((await models.getModel({ modelId: first.model!.id })).model!.displayName).toBe('after');
    expect((await rename('after')).model!.displayName).toBe('after');
    expect(await catchError(rename('other'))).toContain(
      'exists MODEL_NAME_TAKEN: the project has a model named "other"',
    );
    expect(await catchError(rename(' '))).toContain('invalid DISPLAY_NAME_INVALID');
    expect(await catchError(rename('x', ['digest']))).toContain(
      'invalid UPDATE_MASK_INVALID: "digest" of Model cannot be changed; these can: display_name',
    );
    expect(await catchError(models.updateModel({ model: { id: uuidv7(), displayName: 'x' } }))).toContain(
      'not-found MODEL_NOT_FOUND',
    );
    for (const { model } of [first, second]) await models.deleteModel({ modelId: model!.id });
  });

  it('RELIABILITY 7: is made once for one request id', async () => {
    const request = {
      projectId: PROJECT,
      displayName: 'once',
      topology: makeTopology(),
      requestId: uuidv7(),
    };
    const [first, second] = [
      await running.api.models.createModel(request),
      await running.api.models.createModel(request),
    ];
    expect(second.model!.id).toBe(first.model!.id);
    expect(await catchError(running.api.models.createModel({ ...request, displayName: 'twice' }))).toContain(
      'exists REQUEST_ID_REUSED',
    );
  });
});

describe('a run is refused at create', () => {
  const create = (settings: object, over: object = {}) =>
    running.api.runs.createRun({
      projectId: PROJECT,
      datasetVersionId: dataset,
      modelVersionId: version,
      settings: { epochs: 1, ...settings },
      ...over,
    });
  it.each<[string, object, string]>([
    [
      'an unknown loss',
      { loss: { name: 'cross' } },
      'invalid LOSS_UNKNOWN: unknown loss "cross"; known: binary_crossentropy',
    ],
    [
      'an unknown optimizer',
      { optimizer: { name: 'adan' } },
      'invalid OPTIMIZER_UNKNOWN: unknown optimizer "adan"; known: adam',
    ],
    ['an unknown metric', { metrics: [{ name: 'accurracy' }] }, 'invalid METRIC_UNKNOWN'],
    [
      'an unknown schedule',
      { learningRateSchedule: { name: 'cosine' } },
      'invalid LEARNING_RATE_SCHEDULE_UNKNOWN',
    ],
    [
      'a bad setting of the optimizer',
      { optimizer: { name: 'adam', config: { learning_rate: -1 } } },
      'invalid SETTING_INVALID: setting "learning_rate" of optimizer adam is -1',
    ],
    [
      'half a class',
      { metrics: [{ name: 'top_k_categorical_accuracy', config: { k: 2.5 } }] },
      'invalid SETTING_INVALID: setting "k" of metric top_k_categorical_accuracy is 2.5; give a whole ' +
        'number of 1 or more',
    ],
    [
      'a hundred metrics',
      { metrics: Array.from({ length: 100 }, () => ({ name: 'accuracy' })) },
      'invalid RUN_SETTING_INVALID: settings.metrics names 100 metrics; give at most 32',
    ],
    [
      'a metric of another task',
      { metrics: [{ name: 'r2' }] },
      'invalid METRIC_MISFIT: the metric r2_score does not fit the task multi-class; metrics that ' +
        'fit: accuracy, auc',
    ],
    [
      'a negative size of the loss',
      { loss: { name: 'huber', config: { delta: -1 } } },
      'invalid LOSS_PARAMETER_INVALID: parameter "delta" of loss huber is -1; give a number above 0',
    ],
    ['an unknown kind', { kind: 77 }, 'invalid FIELD_INVALID: settings.kind: 77 is no RunKind'],
    [
      'a batch without samples',
      { batchSize: -1 },
      'invalid RUN_SETTING_INVALID: settings.batch_size is -1; give a whole number from 1 to 65536',
    ],
    [
      'no epochs',
      { epochs: 0 },
      'invalid RUN_SETTING_INVALID: settings.epochs is 0; give a whole number from 1',
    ],
    [
      'a loss for other ground truth',
      { loss: { name: 'sparse_categorical_crossentropy' } },
      'invalid MODEL_DATASET_MISFIT: the model does not fit the data: output "class" with the loss ' +
        'sparse_categorical_crossentropy takes',
    ],
  ])('with %s', async (_, settings, reason) => {
    expect(await catchError(create(settings))).toContain(reason);
  });

  it('when model and data do not fit', async () => {
    const large = await running.addModel(makeTopology(3, 5));
    expect(await catchError(create({}, { modelVersionId: large }))).toContain(
      'invalid MODEL_DATASET_MISFIT: the model does not fit the data: input "conv_input" takes [5, 5, ' +
        '1] for one sample, the data\'s "picture" is [4, 4, 1]',
    );
    const two = await running.addModel(makeTopology(2));
    expect(await catchError(create({}, { modelVersionId: two }))).toContain(
      'output "class" distinguishes 2 classes, the data have 3 (left, right, both); give the last layer 3 ' +
        'units',
    );
  });
  it('when training would leave out a regularizer of the model', async () => {
    const topology = makeTopology() as { config: { layers: { config: JsonObject }[] } };
    topology.config.layers[0]!.config['kernel_regularizer'] = {
      class_name: 'L1L2',
      config: { l1: 0, l2: 0.0005 },
    };
    const regular = await running.addModel(topology);
    expect(await catchError(create({}, { modelVersionId: regular }))).toContain(
      'unsupported TRAINING_SETTING_UNSUPPORTED: layer "conv" (Conv2D) has kernel_regularizer ' +
        '{"class_name":"L1L2","config":{"l1":0,"l2":0.0005}}, which training does not apply; evaluate the ' +
        'model without training, or remove the setting to train it',
    );
  });
  it('when the model has nothing to learn', async () => {
    const layers = [
      {
        class_name: 'Cropping2D',
        config: {
          name: 'crop',
          cropping: [
            [0, 3],
            [0, 1],
          ],
          batch_input_shape: [null, 4, 4, 1],
        },
      },
      { class_name: 'Flatten', config: { name: 'flat' } },
      { class_name: 'Activation', config: { name: 'class', activation: 'softmax' } },
    ];
    const fixed = await running.addModel({ class_name: 'Sequential', config: layers });
    expect(await catchError(create({}, { modelVersionId: fixed }))).toContain(
      'invalid MODEL_WITHOUT_PARAMETERS',
    );
  });
  it('RELIABILITY 30: when the data are not there, not ready, of another project or empty', async () => {
    expect(await catchError(create({}, { datasetVersionId: uuidv7() }))).toContain(
      'not-found DATASET_VERSION_NOT_FOUND',
    );
    expect(
      await catchError(
        create({}, { datasetVersionId: await running.addDataset({ state: JobState.RUNNING }) }),
      ),
    ).toContain('precondition DATASET_VERSION_NOT_READY');
    expect(
      await catchError(
        create({}, { datasetVersionId: await running.addDataset({ projectId: OTHER_PROJECT }) }),
      ),
    ).toContain('not-found DATASET_VERSION_NOT_FOUND');
    expect(
      await catchError(create({}, { datasetVersionId: await running.addDataset({ training: 0 }) })),
    ).toContain('precondition SPLIT_EMPTY');
    expect(await catchError(create({}, { modelVersionId: 'nope' }))).toContain(
      'not-found MODEL_VERSION_NOT_FOUND',
    );
  });
  it('and leaves nothing behind', async () => {
    expect((await running.api.runs.listRuns({ projectId: PROJECT })).runs).toEqual([]);
    expect((await running.api.jobs.listJobs({ service: 'training' })).jobs).toEqual([]);
  });
});

describe('a run', () => {
  const events: { name: string; body: Record<string, unknown> }[] = [];
  let stopListening = (): Promise<unknown> => Promise.resolve();
  beforeAll(async () => {
    const db = Database.connect({ url: running.env.NOEMA_DATABASE_URL, schema: 'training' });
    const bus = new PostgresBus(db);
    const subscriptions = await Promise.all(
      [EpochCompleted, RunFinished].map(({ name }) =>
        bus.subscribe({ name: `test__${name}`, event: name }, (message) => {
          events.push({ name, body: message.body as Record<string, unknown> });
          return Promise.resolve();
        }),
      ),
    );
    stopListening = async () => {
      await Promise.all(subscriptions.map((s) => s.stop()));
      await db.close();
    };
    await running.startWorker();
  });
  afterAll(async () => {
    await stopListening();
  });
  const heard = (runId: string) => events.filter(({ body }) => body['runId'] === runId);

  it('trains, evaluates all rows after every epoch and reports it', async () => {
    // So the run cannot end before its progress was seen.
    const lastEpoch = await holdRows(running.adminUrl, 'training.epoch', 'new.epoch = 12');
    const created = await running.createRun({
      datasetVersionId: dataset,
      modelVersionId: version,
      settings: {
        epochs: 12,
        batchSize: 16,
        seed: 5,
        optimizer: { name: 'adam', config: { learning_rate: 0.02 } },
        metrics: [{ name: 'accuracy' }, { name: 'auc' }],
      },
    });
    expect(created).toMatchObject({
      displayName: 'run 1',
      engine: 'onnxruntime-cpu',
      settings: { workers: 2, batchSize: 16 },
    });
    const phases = new Set<string>();
    for await (const { run, progress } of running.api.runs.watchRun({ runId: created.id })) {
      if (progress !== undefined) {
        phases.add(progress.phase);
        await lastEpoch.open();
      }
      if (run!.state === RunState.SUCCEEDED) break;
    }
    await lastEpoch.close();
    expect(phases.size).toBeGreaterThan(0);
    const run = await running.ended(created.id);
    expect(run).toMatchObject({ state: RunState.SUCCEEDED, epochsDone: 12 });
    const { epochs } = await running.api.epochs.listEpochs({ runId: run.id });
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const last = epochs[11]!;
    expect(last.splits.map(({ split, sampleCount }) => [split, sampleCount])).toEqual([
      [Split.TRAINING, 120],
      [Split.VALIDATION, 40],
    ]);
    expect(last.splits[1]!.metrics.find(({ name }) => name === 'accuracy')!.value).toBeGreaterThan(0.9);
    expect(last.splits[1]!.metrics.map(({ name }) => name)).toEqual(['accuracy', 'auc']);
    expect(last.splits[0]!.loss).toBeLessThan(epochs[0]!.splits[0]!.loss);
    expect(last.samplesPerSecond).toBeGreaterThan(0);

    const { weights: described } = await running.api.models.listWeightStatistics({
      modelVersionId: last.modelVersionId,
    });
    const values = new Float32Array(Uint8Array.from(await readBytes(last, 'weights')).buffer);
    const counts = described.map(({ finiteCount }) => Number(finiteCount));
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(values.length);
    const [first] = described;
    const own = values.subarray(0, counts[0]);
    expect(first!.minimum).toBe(Math.min(...own));
    expect(first!.mean).toBeCloseTo(own.reduce((sum, one) => sum + one, 0) / own.length, 6);
    expect(first!.binCounts.reduce((sum, one) => sum + one)).toBe(first!.finiteCount);

    const { modelVersion } = await running.api.models.getModelVersion({
      modelVersionId: last.modelVersionId,
    });
    expect(modelVersion).toMatchObject({
      origin: ModelVersionOrigin.TRAINED,
      runId: run.id,
      epoch: 12,
      number: 13,
      weights: { uri: last.weights!.uri },
    });
    await waitFor(() => Promise.resolve(heard(run.id).length === 13), { what: 'twelve epochs and the end' });
    expect(
      heard(run.id)
        .filter(({ name }) => name === EpochCompleted.name)
        .map(({ body }) => [body['epoch'], body['last'] ?? false]),
    ).toEqual(epochs.map(({ epoch }) => [epoch, epoch === 12]));
    expect(heard(run.id).find(({ name }) => name === RunFinished.name)!.body).toMatchObject({
      state: 'RUN_STATE_SUCCEEDED',
      epochsDone: 12,
    });
  });

  it('gives every sample one loss, the same wherever it is shown', async () => {
    const { runs } = await running.api.runs.listRuns({ projectId: PROJECT, filter: 'state = "succeeded"' });
    const runId = runs[0]!.id;
    const epoch = await readLastEpoch(runId);
    const file = readMatrix(await readBytes(epoch, 'evaluation'));
    const loss = file.float32('loss').data;
    expect(loss.some((value) => Object.is(value, -0))).toBe(false);
    expect(file.rows).toBe(165);
    expect([...file.uint8('has_loss').data].reduce((a, b) => a + b)).toBe(160);
    const validation = loss.subarray(120, 160);
    expect(epoch.splits[1]!.loss).toBeCloseTo(validation.reduce((a, b) => a + b, 0) / 40, 6);

    const { evaluations } = running.api;
    const page = await evaluations.listSampleEvaluations({ runId, epoch: 0, pageSize: 100 });
    expect(page.totalSize).toBe(165);
    expect(page.evaluations.slice(1).every((e, i) => page.evaluations[i]!.loss >= e.loss)).toBe(true);
    expect(page.evaluations.map(({ lossRank }) => lossRank)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    const rest = await evaluations.listSampleEvaluations({
      runId,
      epoch: 0,
      pageSize: 100,
      pageToken: page.nextPageToken,
    });
    expect(new Set([...page.evaluations, ...rest.evaluations].map(({ row }) => row)).size).toBe(165);
    expect(rest.evaluations.at(-1)).toMatchObject({
      hasLoss: false,
      loss: 0,
      lossRank: 0,
      trueClass: -1,
      sample: { split: Split.UNLABELED },
    });

    const worst = page.evaluations[0]!;
    const { evaluation } = await evaluations.getSampleEvaluation({
      runId,
      epoch: 12,
      split: worst.sample!.split,
      sampleId: worst.sample!.sampleId,
    });
    expect(evaluation).toEqual(worst);
    expect(worst.loss).toBe(loss[worst.row]);
    expect(worst.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(worst.loss).toBeCloseTo(-Math.log(worst.probabilities[worst.trueClass]!), 4);
    expect(worst.trueClassName).toBe(['left', 'right', 'both'][worst.trueClass]);

    const held = await evaluations.listSampleEvaluations({
      runId,
      epoch: 0,
      filter: 'split = "validation" AND correct = true',
      orderBy: 'row',
      pageSize: 3,
    });
    expect(held.evaluations.every((e) => e.sample!.split === Split.VALIDATION && e.correct)).toBe(true);
    expect(
      (
        await evaluations.listSampleEvaluations({ runId, epoch: 0, rows: [7, 3], orderBy: 'row' })
      ).evaluations.map(({ row }) => row),
    ).toEqual([3, 7]);
    expect(await catchError(evaluations.listSampleEvaluations({ runId, epoch: 0, rows: [165] }))).toContain(
      'invalid ROW_INVALID',
    );
    expect(
      await catchError(
        evaluations.listSampleEvaluations({ runId, epoch: 0, orderBy: 'row', pageToken: page.nextPageToken }),
      ),
    ).toContain('invalid PAGE_TOKEN_INVALID');
    expect(
      await catchError(
        evaluations.getSampleEvaluation({ runId, epoch: 0, split: Split.TEST, sampleId: 's1' }),
      ),
    ).toContain('not-found SAMPLE_NOT_FOUND');
    expect(
      await catchError(
        evaluations.getSampleEvaluation({ runId, epoch: 99, split: Split.TRAINING, sampleId: 's1' }),
      ),
    ).toContain('not-found EPOCH_NOT_FOUND');
  });

  it('reports how a sample was predicted over the epochs: as each epoch says, learned and forgotten', async () => {
    const runId = (await running.api.runs.listRuns({ projectId: PROJECT, filter: 'state = "succeeded"' }))
      .runs[0]!.id;
    const { epochs } = await running.api.epochs.listEpochs({ runId });
    const files = await Promise.all(
      epochs.map(async (epoch) => readMatrix(await readBytes(epoch, 'evaluation'))),
    );
    const { evaluations } = running.api;
    const seen = new Set<string>();
    for (const [split, first, count] of [
      [Split.TRAINING, 0, 120],
      [Split.VALIDATION, 120, 40],
    ] as const) {
      for (let at = 0; at < count; at += 7) {
        const row = first + at;
        const history = await evaluations.getSampleHistory({ runId, split, sampleId: `s${at}` });
        const right = files.map((file) => file.uint8('correct').data[row] === 1);
        expect(history.epochs.map(({ epoch, correct }) => [epoch, correct])).toEqual(
          right.map((correct, i) => [i + 1, correct]),
        );
        history.epochs.forEach((epoch, i) => {
          const probabilities = files[i]!.float32('probabilities').data.subarray(3 * row, 3 * row + 3);
          const truth = files[i]!.int32('true_class').data[row]!;
          expect(epoch).toMatchObject({
            hasLoss: true,
            loss: files[i]!.float32('loss').data[row],
            confidence: Math.max(...probabilities),
            trueProbability: probabilities[truth],
          });
          expect(epoch.predictedClassName).toBe(
            ['left', 'right', 'both'][probabilities.indexOf(Math.max(...probabilities))],
          );
        });
        // Both facts from the text of the epochs, read by patterns.
        const text = right.map((correct) => (correct ? '+' : '-')).join('');
        expect(history.learnedEpoch).toBe(text.endsWith('-') ? 0 : /\+*$/.exec(text)!.index + 1);
        expect(history.forgottenEpochs).toEqual(
          [...text.matchAll(/(?<=\+)-/g)].map(({ index }) => index + 1),
        );
        seen.add(text);
      }
    }
    expect(seen.size).toBeGreaterThan(1);
    const unlabeled = await evaluations.getSampleHistory({ runId, split: Split.UNLABELED, sampleId: 's2' });
    expect(unlabeled).toMatchObject({ learnedEpoch: 0, forgottenEpochs: [] });
    expect(
      unlabeled.epochs.every(
        ({ hasLoss, trueProbability, confidence }) => !hasLoss && trueProbability === 0 && confidence > 0.3,
      ),
    ).toBe(true);
    expect(
      await catchError(evaluations.getSampleHistory({ runId, split: Split.TEST, sampleId: 's1' })),
    ).toContain('not-found SAMPLE_NOT_FOUND');
    expect(await catchError(evaluations.getSampleHistory({ runId, sampleId: 's1' }))).toContain(
      'invalid SPLIT_INVALID',
    );
    expect(
      await catchError(
        evaluations.getSampleHistory({ runId: uuidv7(), split: Split.TRAINING, sampleId: 's1' }),
      ),
    ).toContain('not-found RUN_NOT_FOUND');
    expect(
      await catchError(
        running.as(OTHER_TEAM).evaluations.getSampleHistory({ runId, split: Split.TRAINING, sampleId: 's1' }),
      ),
    ).toContain('not-found RUN_NOT_FOUND');
  });

  it('compares a selection with the rest of the population', async () => {
    const runId = (await running.api.runs.listRuns({ projectId: PROJECT, filter: 'state = "succeeded"' }))
      .runs[0]!.id;
    const file = readMatrix(
      await readBytes((await running.api.epochs.getEpoch({ runId, epoch: 2 })).epoch!, 'evaluation'),
    );
    const [loss, truth, predicted] = [
      file.float32('loss').data,
      file.int32('true_class').data,
      file.int32('predicted_class').data,
    ];
    const rows = Array.from({ length: 165 }, (_, row) => row).filter((row) => row % 4 === 1 || row > 158);
    const bitmap = new Uint8Array(21);
    for (const row of rows) bitmap[row >> 3]! |= 1 << (row & 7);
    const { evaluations } = running.api;
    const answer = await evaluations.compareEvaluations({ runId, epoch: 2, selection: { bitmap } });
    expect(
      await evaluations.compareEvaluations({ runId, epoch: 2, selection: { rows: rows.toReversed() } }),
    ).toEqual(answer);
    expect(answer.classNames).toEqual(['left', 'right', 'both']);
    const selected = new Set(rows);
    for (const [summary, isIn] of [
      [answer.selected!, (row: number) => selected.has(row)],
      [answer.rest!, (row: number) => !selected.has(row)],
    ] as const) {
      const part = Array.from({ length: 165 }, (_, row) => row).filter(isIn);
      const losses = part
        .map((row) => loss[row]!)
        .filter((one) => !Number.isNaN(one))
        .sort((a, b) => a - b);
      const labelled = part.filter((row) => truth[row]! >= 0);
      expect(summary).toMatchObject({ count: part.length, lossCount: losses.length });
      expect(summary.meanLoss).toBeCloseTo(losses.reduce((a, b) => a + b) / losses.length, 5);
      // The mean of the squares less the square of the mean.
      const squares = losses.reduce((sum, one) => sum + one * one, 0) / losses.length - summary.meanLoss ** 2;
      expect(summary.lossDeviation).toBeCloseTo(
        Math.sqrt((squares * losses.length) / (losses.length - 1)),
        5,
      );
      const half = losses.length / 2;
      expect(summary.medianLoss).toBeCloseTo(
        Number.isInteger(half) ? (losses[half - 1]! + losses[half]!) / 2 : losses[Math.floor(half)]!,
        6,
      );
      expect(
        Math.abs(losses.filter((one) => one > summary.highLoss).length - losses.length / 10),
      ).toBeLessThan(1);
      expect(summary.accuracy).toBeCloseTo(
        labelled.filter((row) => truth[row] === predicted[row]).length / labelled.length,
        10,
      );
      expect(summary.losses).toHaveLength(24);
      summary.losses.forEach(({ low, high, count }, i) => {
        expect(count).toBe(
          losses.filter((one) => one >= low && (i === 23 ? one <= high : one < high)).length,
        );
      });
      expect(summary.losses.reduce((sum, { count }) => sum + count, 0)).toBe(losses.length);
      expect(
        summary.classes.map(({ classIndex, trueCount, predictedCount }) => [
          classIndex,
          trueCount,
          predictedCount,
        ]),
      ).toEqual(
        [0, 1, 2]
          .map((one) => [
            one,
            part.filter((row) => truth[row] === one).length,
            part.filter((row) => predicted[row] === one).length,
          ])
          .filter(([, t, p]) => t! + p! > 0),
      );
      expect(
        summary.confusion.map(({ trueClass, predictedClass, count }) => [trueClass, predictedClass, count]),
      ).toEqual(
        [0, 1, 2]
          .flatMap((t) =>
            [0, 1, 2].map((p) => [
              t,
              p,
              part.filter((row) => truth[row] === t && predicted[row] === p).length,
            ]),
          )
          .filter(([, , count]) => count! > 0),
      );
    }
    expect(answer.selected!.losses.map(({ low, high }) => [low, high])).toEqual(
      answer.rest!.losses.map(({ low, high }) => [low, high]),
    );
    const whole = await evaluations.compareEvaluations({
      runId,
      epoch: 0,
      selection: { rows: Array.from({ length: 165 }, (_, row) => row) },
    });
    expect(whole.rest).toMatchObject({
      count: 0,
      lossCount: 0,
      meanLoss: 0,
      medianLoss: 0,
      accuracy: 0,
      classes: [],
      confusion: [],
    });
    expect(await catchError(evaluations.compareEvaluations({ runId, epoch: 0 }))).toContain(
      'invalid SELECTION_MISSING',
    );
    expect(
      await catchError(evaluations.compareEvaluations({ runId, epoch: 0, selection: { rows: [165] } })),
    ).toContain('invalid ROW_INVALID: row 165 is not in the population; rows run from 0 to 164');
    expect(
      await catchError(evaluations.compareEvaluations({ runId, epoch: 99, selection: { rows: [1] } })),
    ).toContain('not-found EPOCH_NOT_FOUND');
    expect(
      await catchError(
        running.as(OTHER_TEAM).evaluations.compareEvaluations({ runId, epoch: 0, selection: { rows: [1] } }),
      ),
    ).toContain('not-found RUN_NOT_FOUND');
  });

  it('repeats bit for bit, and goes on to the same weights after stop and resume', async () => {
    const settings = { epochs: 4, batchSize: 8, seed: 11 };
    const straight = await running.ended(
      (await running.createRun({ datasetVersionId: dataset, modelVersionId: version, settings })).id,
    );
    const again = await running.createRun({
      datasetVersionId: dataset,
      modelVersionId: version,
      settings: { ...settings, epochs: 2 },
    });
    await running.ended(again.id);
    expect(await readBytes(await readLastEpoch(again.id), 'weights')).toEqual(
      await readBytes(
        (await running.api.epochs.getEpoch({ runId: straight.id, epoch: 2 })).epoch!,
        'weights',
      ),
    );

    const long = await running.createRun({
      datasetVersionId: dataset,
      modelVersionId: version,
      settings: { ...settings, epochs: 500 },
    });
    await running.epochsDone(long.id, 1);
    await running.api.runs.stopRun({ runId: long.id });
    const stopped = await running.ended(long.id);
    expect(stopped.state).toBe(RunState.STOPPED);
    expect(stopped.epochsDone).toBeLessThan(500);
    const total = Math.max(4, stopped.epochsDone + 1);
    expect(
      await catchError(running.api.runs.resumeRun({ runId: long.id, epochs: stopped.epochsDone })),
    ).toContain('invalid RUN_SETTING_INVALID');
    await running.api.runs.resumeRun({ runId: long.id, epochs: total });
    expect(await running.ended(long.id)).toMatchObject({ state: RunState.SUCCEEDED, epochsDone: total });
    expect(
      await readBytes((await running.api.epochs.getEpoch({ runId: long.id, epoch: 4 })).epoch!, 'weights'),
    ).toEqual(await readBytes(await readLastEpoch(straight.id), 'weights'));
    expect(await catchError(running.api.runs.resumeRun({ runId: long.id }))).toContain(
      'precondition RUN_NOT_RESUMABLE',
    );
  });

  it('RELIABILITY 1: survives the SIGKILL of its worker and ends with the same weights', async () => {
    const settings = { epochs: 12, batchSize: 4, seed: 13 };
    const straight = await running.ended(
      (await running.createRun({ datasetVersionId: dataset, modelVersionId: version, settings })).id,
    );
    await running.stopWorkers();
    const killed = await running.createRun({ datasetVersionId: dataset, modelVersionId: version, settings });
    const third = await holdRows(
      running.adminUrl,
      'training.epoch',
      `new.run_id = '${killed.id}' and new.epoch = 3`,
    );
    const child = running.forkWorker();
    await third.reached();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await running.api.runs.getRun({ runId: killed.id })).run!.epochsDone).toBe(2);
    await third.close();
    await running.startWorker();
    expect(await running.ended(killed.id)).toMatchObject({ state: RunState.SUCCEEDED, epochsDone: 12 });
    expect(await readBytes(await readLastEpoch(killed.id), 'weights')).toEqual(
      await readBytes(await readLastEpoch(straight.id), 'weights'),
    );
    expect((await running.api.jobs.getJob({ service: 'training', jobId: killed.jobId })).job!.attempt).toBe(
      2,
    );
    await waitFor(() => Promise.resolve(heard(killed.id).length === 13), { what: 'each epoch once' });
    expect(
      heard(killed.id)
        .filter(({ name }) => name === EpochCompleted.name)
        .map(({ body }) => body['epoch']),
    ).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  it('RELIABILITY 16: is given back by a worker that shuts down, without counting an attempt', async () => {
    const run = await running.createRun({
      datasetVersionId: dataset,
      modelVersionId: version,
      settings: { epochs: 500, batchSize: 4 },
    });
    await running.epochsDone(run.id, 1);
    await running.stopWorkers();
    const left = (await running.api.runs.getRun({ runId: run.id })).run!;
    expect(left.epochsDone).toBeLessThan(500);
    await running.startWorker();
    await running.epochsDone(run.id, left.epochsDone + 1);
    expect((await running.api.jobs.getJob({ service: 'training', jobId: run.jobId })).job!.attempt).toBe(1);
    await running.api.runs.stopRun({ runId: run.id });
    expect((await running.ended(run.id)).state).toBe(RunState.STOPPED);
  });

  it(
    'RELIABILITY 16: a worker process that gets SIGTERM in the middle of a run exits in time with 0, and ' +
      'no attempt is counted',
    async () => {
      await running.stopWorkers();
      const run = await running.createRun({
        datasetVersionId: dataset,
        modelVersionId: version,
        settings: { epochs: 500, batchSize: 4 },
      });
      const child = running.forkWorker();
      await running.epochsDone(run.id, 1);
      const begun = performance.now();
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(performance.now() - begun).toBeLessThan(40_000);
      const { job } = await running.api.jobs.getJob({ service: 'training', jobId: run.jobId });
      expect(job).toMatchObject({ attempt: 0, shards: { queued: 1, running: 0 } });
      await running.startWorker();
      await running.epochsDone(
        run.id,
        (await running.api.runs.getRun({ runId: run.id })).run!.epochsDone + 1,
      );
      expect((await running.api.jobs.getJob({ service: 'training', jobId: run.jobId })).job!.attempt).toBe(1);
      await running.api.runs.stopRun({ runId: run.id });
      await running.ended(run.id);
    },
  );

  it(
    'RELIABILITY 30: stops at a loss that is no number, names the batch and keeps the last good ' +
      'checkpoint',
    async () => {
      const exploding = await running.createRun({
        datasetVersionId: dataset,
        modelVersionId: version,
        settings: {
          epochs: 3,
          batchSize: 16,
          optimizer: { name: 'sgd', config: { learning_rate: 1e30 } },
          loss: { name: 'mean_squared_error' },
        },
      });
      const failed = await running.ended(exploding.id);
      expect(failed).toMatchObject({ state: RunState.FAILED, fault: { reason: 'LOSS_NOT_FINITE' } });
      const nan = await running.createRun({
        datasetVersionId: await running.addDataset({ nanAt: 3 }),
        modelVersionId: version,
        settings: { epochs: 1, batchSize: 16 },
      });
      expect(await running.ended(nan.id)).toMatchObject({
        state: RunState.FAILED,
        epochsDone: 0,
        fault: { reason: 'LOSS_NOT_FINITE', metadata: { epoch: '1' } },
      });
      expect((await running.api.runs.getRun({ runId: nan.id })).run!.fault!.message).toMatch(
        /epoch 1, batch \d+/,
      );
      await waitFor(() => Promise.resolve(heard(nan.id).some(({ name }) => name === RunFinished.name)), {
        what: 'the end',
      });
      expect(heard(nan.id)[0]!.body).toMatchObject({
        state: 'RUN_STATE_FAILED',
        fault: { reason: 'LOSS_NOT_FINITE' },
      });
    },
  );

  it('RELIABILITY 11: does not go on from a damaged checkpoint', async () => {
    const run = await running.createRun({
      datasetVersionId: dataset,
      modelVersionId: version,
      settings: { epochs: 500, batchSize: 16 },
    });
    await running.epochsDone(run.id, 1);
    await running.api.runs.stopRun({ runId: run.id });
    await running.ended(run.id);
    await running.damage((await readLastEpoch(run.id)).optimizerState!.uri);
    await running.api.runs.resumeRun({ runId: run.id });
    expect(await running.ended(run.id)).toMatchObject({
      state: RunState.FAILED,
      fault: { reason: 'ARTIFACT_DAMAGED' },
    });
  });

  it('can only evaluate', async () => {
    const trained = (
      await running.api.runs.listRuns({
        projectId: PROJECT,
        filter: 'state = "succeeded" AND kind = "train"',
        orderBy: 'create_time',
      })
    ).runs[0]!;
    const epoch = await readLastEpoch(trained.id);
    const run = await running.ended(
      (
        await running.createRun({
          datasetVersionId: dataset,
          modelVersionId: epoch.modelVersionId,
          settings: { kind: RunKind.EVALUATE },
        })
      ).id,
    );
    expect(run).toMatchObject({
      state: RunState.SUCCEEDED,
      epochsDone: 1,
      lastEpoch: { modelVersionId: epoch.modelVersionId, weights: { uri: epoch.weights!.uri } },
    });
    expect(run.lastEpoch!.optimizerState).toBeUndefined();
    expect(await readBytes(run.lastEpoch!, 'evaluation')).toEqual(await readBytes(epoch, 'evaluation'));
  });

  it('leaves weights that anybody with the topology can read', async () => {
    const { runs } = await running.api.runs.listRuns({
      projectId: PROJECT,
      filter: 'kind = "train" AND state = "succeeded"',
    });
    const epoch = await readLastEpoch(runs[0]!.id);
    const { modelVersion } = await running.api.models.getModelVersion({
      modelVersionId: epoch.modelVersionId,
    });
    const topology = JSON.parse(
      Buffer.from(await running.store.get(parseArtifactRef(modelVersion!.topology, 'topology'))).toString(),
    ) as { weightsManifest: { weights: { name: string }[] }[] };
    const { parameters } = compileLayers(topology, { mode: 'inference' });
    expect([...decodeWeights(parameters, await readBytes(epoch, 'weights')).keys()]).toEqual(
      topology.weightsManifest[0]!.weights.map(({ name }) => name),
    );
  });

  it('gets another name, and is deleted with its epochs once it has ended', async () => {
    await running.stopWorkers();
    const waiting = await running.createRun({ datasetVersionId: dataset, modelVersionId: version });
    const renamed = (displayName: string) =>
      running.api.runs.updateRun({
        run: { id: waiting.id, displayName },
        updateMask: { paths: ['display_name'] },
      });
    expect((await renamed(' slow start ')).run).toEqual({ ...waiting, displayName: 'slow start' });
    expect((await running.api.runs.getRun({ runId: waiting.id })).run!.displayName).toBe('slow start');
    expect(await catchError(renamed('a\u001b[2J'))).toContain('invalid DISPLAY_NAME_INVALID');
    expect(await catchError(running.api.runs.deleteRun({ runId: waiting.id }))).toContain(
      'precondition RUN_NOT_ENDED',
    );
    const { modelVersion } = await running.api.models.getModelVersion({ modelVersionId: version });
    expect(await catchError(running.api.models.deleteModel({ modelId: modelVersion!.modelId }))).toContain(
      'precondition MODEL_IN_USE',
    );
    await running.api.runs.stopRun({ runId: waiting.id });
    expect((await running.ended(waiting.id)).state).toBe(RunState.STOPPED);
    await running.api.runs.deleteRun({ runId: waiting.id });
    expect(await catchError(running.api.runs.getRun({ runId: waiting.id }))).toContain(
      'not-found RUN_NOT_FOUND',
    );
  });

  it('leaves nothing in the store that nothing names', async () => {
    const { runs } = await running.api.runs.listRuns({
      projectId: PROJECT,
      filter: 'kind = "train" AND state = "succeeded"',
      orderBy: 'create_time desc',
    });
    const [gone, kept] = [await readLastEpoch(runs[0]!.id), await readLastEpoch(runs[1]!.id)];
    await running.api.runs.deleteRun({ runId: runs[0]!.id });
    const sweep = running.service.app.get(ArtifactSweep);
    const stat = async (ref: { uri: string } | undefined) =>
      (await running.store.stat(ref!.uri)) !== undefined;
    await sweep.run();
    expect(await stat(gone.evaluation)).toBe(true);
    expect((await sweep.run({ graceMs: -1 })).objects).toBeGreaterThan(0);
    expect(await Promise.all([gone.evaluation, gone.optimizerState].map(stat))).toEqual([false, false]);
    // The model version that the run made stays, and with it its weights.
    expect(
      await Promise.all([gone.weights, kept.weights, kept.evaluation, kept.optimizerState].map(stat)),
    ).toEqual([true, true, true, true]);
  });

  describe('of every task', () => {
    beforeAll(() => running.startWorker());
    taskCases(() => running);
  });
});

describe('teams', () => {
  it('RELIABILITY 28: see nothing of each other, by any RPC', async () => {
    const { run } = await running.api.runs.getRun({
      runId: (await running.api.runs.listRuns({ projectId: PROJECT })).runs[0]!.id,
    });
    const { modelVersion } = await running.api.models.getModelVersion({ modelVersionId: version });
    const ids = {
      project_id: PROJECT,
      model_id: modelVersion!.modelId,
      model_version_id: version,
      run_id: run!.id,
      dataset_version_id: dataset,
      job_id: run!.jobId,
    };
    const fill = {
      'noema.training.v1.ModelService/AdaptModel': { displayName: 'theirs' },
      'noema.training.v1.ModelService/CreateModel': { displayName: 'theirs', topology: makeTopology() },
      'noema.training.v1.ModelService/UploadModelPart': { content: Buffer.from('x') },
      'noema.training.v1.ModelService/ImportModel': { displayName: 'theirs' },
      'noema.training.v1.RunService/CreateRun': { settings: { epochs: 1 } },
      'noema.training.v1.RecordingService/AppendRecord': {
        sequence: 1n,
        epoch: 1,
        content: { case: 'epochEnd', value: {} },
      },
      'noema.training.v1.EvaluationService/GetSampleEvaluation': { split: Split.TRAINING, sampleId: 's1' },
      'noema.training.v1.EvaluationService/GetSampleHistory': { split: Split.TRAINING, sampleId: 's1' },
      'noema.training.v1.EvaluationService/CompareEvaluations': { selection: { rows: [1] } },
      'noema.jobs.v1.JobService/GetJob': { service: 'training' },
    };
    expect(
      await reachedByTrespass({
        served: running.served,
        token: await running.signToken(OTHER_TEAM, 'admin'),
        ids,
        fill,
      }),
    ).toEqual([]);
    const own = await reachedByTrespass({
      served: running.served,
      token: await running.signToken(TEAM, 'viewer'),
      ids,
      fill,
    });
    expect(own.map(({ rpc }) => rpc)).toContain('noema.training.v1.RunService/GetRun');
  });
  it('are kept apart by the database, strangers from everything, and viewers from changes', async () => {
    await assertRowLevelSecurity(running.adminUrl, 'training');
    expect(await reachedWithout(running.served, undefined)).toEqual([]);
    expect(await catchError(running.as(TEAM, 'viewer').runs.createRun({ projectId: PROJECT }))).toContain(
      'forbidden',
    );
  });
});
