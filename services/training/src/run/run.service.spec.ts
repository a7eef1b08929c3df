import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryRuns, newRun, QUERY, TEAM } from '../../test/memory.js';
import type { Run, RunState } from './run.js';
import { RunService } from './run.service.js';

const { projectId, datasetVersionId, modelVersionId, settings } = newRun();
const plan = { projectId, displayName: '', datasetVersionId, modelVersionId, settings };

let runs: ReturnType<typeof memoryRuns>;
let jobs: string[];
let changes: (() => void)[];
let service: RunService;

beforeEach(() => {
  runs = memoryRuns();
  jobs = [];
  changes = [];
  const note = (call: string) => Promise.resolve(void jobs.push(call));
  service = new RunService(
    memoryWork,
    runs,
    {
      queue: (_team, id) => Promise.resolve(`job ${jobs.push(`queue ${id}`)}`),
      stop: (_team, jobId) => note(`stop ${jobId}`),
      resume: (_team, jobId) => note(`resume ${jobId}`),
      async *changes() {
        for (const change of changes) {
          change();
          yield await Promise.resolve();
        }
      },
    },
    { engineBackend: 'cpu' },
  );
});

const create = (displayName = '') => service.create(TEAM, { ...plan, displayName });
const createIn = async (state: RunState, epochsDone = 0): Promise<Run> => {
  const { id } = await create();
  runs.change(id, { state, epochsDone });
  return service.get(TEAM, id);
};

describe('a new run', () => {
  it('is queued, and records what runs the model', async () => {
    const run = await create('first');
    expect(run).toMatchObject({ state: 'queued', jobId: 'job 1', displayName: 'first' });
    expect(run.engine).toMatch(/^onnxruntime/);
    expect(jobs).toEqual([`queue ${run.id}`]);
  });

  it('is numbered in its project when it has no name', async () => {
    expect((await create()).displayName).toBe('run 1');
    expect((await create()).displayName).toBe('run 2');
  });

  it('cannot be created for a backend that does not exist', () => {
    expect(() => new RunService(memoryWork, runs, {} as never, { engineBackend: 'abacus' })).toThrow(
      /abacus/,
    );
  });
});

describe('resuming a run', () => {
  it.each<RunState>(['stopped', 'failed'])('goes on with one that %s', async (state) => {
    const { id } = await createIn(state, 2);
    expect((await service.resume(TEAM, id, 0)).settings.epochs).toBe(5);
    expect(jobs).toContain('resume job 1');
  });

  it('goes on to another number of epochs', async () => {
    const { id } = await createIn('stopped', 2);
    expect((await service.resume(TEAM, id, 9)).settings.epochs).toBe(9);
  });

  it.each<RunState>(['queued', 'running', 'stopping', 'succeeded'])(
    'is refused while it is %s',
    async (state) => {
      const { id } = await createIn(state);
      await expect(service.resume(TEAM, id, 0)).rejects.toMatchObject({ reason: 'RUN_NOT_RESUMABLE' });
      expect(jobs).toHaveLength(1);
    },
  );

  it.each([2, -1, 10_001])('to %i epochs is refused after 2', async (epochs) => {
    const { id } = await createIn('stopped', 2);
    await expect(service.resume(TEAM, id, epochs)).rejects.toMatchObject({ reason: 'RUN_SETTING_INVALID' });
    expect((await service.get(TEAM, id)).settings.epochs).toBe(5);
    expect(jobs).toHaveLength(1);
  });
});

describe('a run that exists', () => {
  it('is stopped by its job', async () => {
    const { id } = await create();
    await service.stop(TEAM, id);
    expect(jobs).toContain('stop job 1');
  });

  it('is reported once for every change that can be seen', async () => {
    const { id } = await create();
    changes = [
      () => undefined,
      () => undefined,
      () => runs.change(id, { state: 'running' }),
      () => undefined,
      () => runs.change(id, { state: 'succeeded' }),
    ];
    const states: RunState[] = [];
    for await (const { state } of service.watch(TEAM, id, new AbortController().signal)) states.push(state);
    expect(states).toEqual(['queued', 'running', 'succeeded']);
  });

  it('takes a new name, and keeps its name without one', async () => {
    const { id } = await create('first');
    expect((await service.update(TEAM, id, {})).displayName).toBe('first');
    expect((await service.update(TEAM, id, { displayName: ' other ' })).displayName).toBe('other');
    await expect(service.update(TEAM, id, { displayName: ' ' })).rejects.toMatchObject({
      reason: 'DISPLAY_NAME_INVALID',
    });
  });

  it.each<RunState>(['queued', 'running', 'stopping'])('is not deleted while it is %s', async (state) => {
    const { id } = await createIn(state);
    await expect(service.delete(TEAM, id)).rejects.toMatchObject({ reason: 'RUN_NOT_ENDED' });
  });

  it.each<RunState>(['stopped', 'succeeded', 'failed'])('is deleted once it has %s', async (state) => {
    const { id } = await createIn(state);
    await service.delete(TEAM, id);
    expect((await service.list(TEAM, projectId, QUERY)).items).toEqual([]);
  });
});

it.each([uuidv7(), 'no id'])('does not find the run %s', async (id) => {
  const calls = [
    service.get(TEAM, id),
    service.stop(TEAM, id),
    service.resume(TEAM, id, 0),
    service.update(TEAM, id, {}),
    service.delete(TEAM, id),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ reason: 'RUN_NOT_FOUND' });
});
