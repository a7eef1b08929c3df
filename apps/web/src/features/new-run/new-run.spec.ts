import { create } from '@bufbuild/protobuf';
import { RunKind, RunSchema } from '@noema/contracts/noema/training/v1/run';
import { CreateRunRequestSchema } from '@noema/contracts/noema/training/v1/run_service';
import { describe, expect, it } from 'vitest';
import { findMissing, FIRST_RUN, type NewRun, toRequest, toSettings } from './new-run.js';

const filled: NewRun = { ...FIRST_RUN, datasetVersionId: 'd', modelVersionId: 'm' };

describe('the form of a new run', () => {
  it('names what is missing', () => {
    expect(findMissing(FIRST_RUN)).toEqual({
      datasetVersionId: 'choose the data',
      modelVersionId: 'choose the model',
    });
    expect(Object.keys(findMissing({ ...filled, epochs: '', batchSize: 1.5, seed: '' }))).toEqual([
      'seed',
      'epochs',
      'batchSize',
    ]);
    expect(findMissing({ ...filled, kind: 'evaluate', epochs: '' })).toEqual({});
  });

  it('becomes a request with Keras names', () => {
    const request = create(
      CreateRunRequestSchema,
      toRequest(
        { ...filled, displayName: ' a ', optimizer: 'sgd', optimizerSettings: { learning_rate: 0.05 } },
        'p',
        'r',
      ),
    );
    expect(request).toMatchObject({
      projectId: 'p',
      displayName: 'a',
      requestId: 'r',
      settings: {
        kind: RunKind.TRAIN,
        epochs: 5,
        batchSize: 64,
        seed: 7,
        optimizer: { name: 'sgd', config: { learning_rate: 0.05 } },
        metrics: [],
      },
    });
    expect(request.settings?.loss).toBeUndefined();
  });

  it('leaves the optimizer and its rate to the platform unless they are chosen', () => {
    const requestedOptimizer = (form: Partial<NewRun>) =>
      create(CreateRunRequestSchema, toRequest({ ...filled, ...form }, 'p', 'r')).settings?.optimizer;
    expect(findMissing(filled)).toEqual({});
    expect(requestedOptimizer({})).toBeUndefined();
    expect(requestedOptimizer({ optimizerSettings: { learning_rate: '' } })).toBeUndefined();
    expect(requestedOptimizer({ optimizerSettings: { learning_rate: 0.5 } })).toMatchObject({
      name: '',
      config: { learning_rate: 0.5 },
    });
    expect(requestedOptimizer({ optimizer: 'sgd' })).toMatchObject({ name: 'sgd', config: {} });
  });

  it('begins with the settings of another run, and keeps settings that it does not show', () => {
    const like = create(RunSchema, {
      datasetVersionId: 'd',
      modelVersionId: 'm',
      settings: {
        kind: RunKind.TRAIN,
        epochs: 3,
        batchSize: 32,
        seed: 11,
        optimizer: { name: 'sgd', config: { learning_rate: 0.05, momentum: 0.9 } },
        loss: { name: 'huber', config: { delta: 2 } },
        metrics: [{ name: 'auc' }],
        learningRateSchedule: { name: 'CosineDecay', config: { decay_steps: 100 } },
        workers: 2,
        layers: ['conv2', 'dense'],
      },
    });
    const form = { ...FIRST_RUN, ...toSettings(like) };
    expect(form).toMatchObject({
      displayName: '',
      datasetVersionId: 'd',
      modelVersionId: 'm',
      kind: 'train',
      epochs: 3,
      batchSize: 32,
      seed: 11,
      optimizer: 'sgd',
      optimizerSettings: { learning_rate: 0.05, momentum: 0.9 },
      schedule: 'CosineDecay',
      scheduleSettings: { decay_steps: 100 },
      loss: 'huber',
      lossSettings: { delta: 2 },
      metrics: ['auc'],
    });
    expect(create(CreateRunRequestSchema, toRequest(form, 'p', 'r')).settings).toEqual(like.settings);
    expect(
      create(
        CreateRunRequestSchema,
        toRequest(
          {
            ...form,
            optimizer: 'adam',
            optimizerSettings: { learning_rate: 0.001 },
            loss: 'mean_squared_error',
            lossSettings: {},
          },
          'p',
          'r',
        ),
      ).settings,
    ).toMatchObject({
      optimizer: { name: 'adam', config: { learning_rate: 0.001 } },
      loss: { name: 'mean_squared_error' },
      workers: 2,
    });
  });

  it('follows the layers of the model, all, the outputs of blocks or chosen ones', () => {
    const toLayers = (form: Partial<NewRun>) =>
      create(CreateRunRequestSchema, toRequest({ ...filled, ...form }, 'p', 'r')).settings?.layers;
    expect(toLayers({})).toEqual([]);
    expect(toLayers({ followed: 'all' })).toEqual(['*']);
    expect(toLayers({ followed: 'blocks' })).toEqual(['blocks']);
    expect(toLayers({ followed: 'chosen', layers: ['conv2'], kind: 'evaluate' })).toEqual(['conv2']);
    expect(findMissing({ ...filled, followed: 'chosen' })).toEqual({ layers: 'choose at least one layer' });
    // A run without names followed all layers, also where its model's import chose some.
    expect(toSettings(create(RunSchema, { settings: {} })).followed).toBe('all');
  });

  it('freezes layers in a training alone', () => {
    const readFrozen = (form: Partial<NewRun>) =>
      create(CreateRunRequestSchema, toRequest({ ...filled, frozen: ['base'], ...form }, 'p', 'r')).settings
        ?.frozenLayers;
    expect(readFrozen({})).toEqual(['base']);
    expect(readFrozen({ kind: 'evaluate' })).toEqual([]);
    expect(toSettings(create(RunSchema, { settings: { frozenLayers: ['conv'] } })).frozen).toEqual(['conv']);
  });

  it('does not mention training when it only evaluates', () => {
    expect(
      create(CreateRunRequestSchema, toRequest({ ...filled, kind: 'evaluate' }, 'p', 'r')).settings,
    ).toMatchObject({ kind: RunKind.EVALUATE, epochs: 0 });
  });
});
