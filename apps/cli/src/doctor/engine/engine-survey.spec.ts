import { describe, expect, it } from 'vitest';
import { DomainError } from '@noema/kernel';
import { type BackendProbe, engineFinding, surveyEngine } from './engine-survey.js';
import { walkProbe } from './walk.speed.js';

const SPEEDS = {
  cpu: { responses: 1000, training: 100 },
  other: { responses: 4000, training: 80 },
  cuda: { responses: 1e6, training: 1e5 },
};

/** Three backends of which the last has no device. */
const probe: BackendProbe = {
  keys: Object.keys(SPEEDS),
  require: (backend) =>
    backend === 'cuda'
      ? Promise.reject(
          new DomainError(
            'unavailable',
            'DEVICE_UNAVAILABLE',
            'device "cuda" was requested and is not available',
          ),
        )
      : Promise.resolve(),
  measure: (backend) => Promise.resolve(SPEEDS[backend as keyof typeof SPEEDS]),
};

describe('a survey of the engine', () => {
  it('chooses by the time for looking at a sample and training on it together', async () => {
    const survey = await surveyEngine(probe, 'other');
    expect(survey).toMatchObject({ choice: 'cpu', setting: 'NOEMA_ENGINE_BACKEND=cpu' });
    expect(survey.backends[2]).toEqual({
      backend: 'cuda',
      missing: 'device "cuda" was requested and is not available',
    });
    expect(engineFinding(survey, 'other')).toMatchObject({
      check: 'engine',
      state: 'warn',
      found:
        'cpu: 1,000 responses, 100 training samples a second; other: 4,000 responses, 80 training ' +
        'samples a second; cuda: is not here',
      advice: expect.stringContaining('set NOEMA_ENGINE_BACKEND=cpu') as string,
    });
    expect(engineFinding(survey, 'cpu').state).toBe('ok');
  });
  it('never chooses what is here and fails', async () => {
    const measure = (backend: string) =>
      backend === 'cpu' ? Promise.reject(new Error('it broke')) : Promise.resolve(SPEEDS.other);
    const survey = await surveyEngine({ ...probe, measure }, 'cpu');
    expect(survey).toMatchObject({
      choice: 'other',
      backends: [{ backend: 'cpu', failure: 'it broke' }, { backend: 'other' }, { backend: 'cuda' }],
    });
    expect(engineFinding(survey, 'cpu')).toMatchObject({
      state: 'warn',
      found: expect.stringContaining('cpu: is here and fails') as string,
    });
  });
  it('keeps to what is set when nothing is measured', async () => {
    const { measure: _, ...quick } = probe;
    expect(await surveyEngine(quick, 'other')).toMatchObject({
      choice: 'other',
      setting: 'NOEMA_ENGINE_BACKEND=other',
    });
    expect((await surveyEngine(quick, 'cuda')).choice).toBeUndefined();
  });
  it("measures the processor with the walk's network", async () => {
    const { measure, ...rest } = await walkProbe({ isQuick: false, budgetMs: 500 });
    const {
      backends: [cpu],
      choice,
    } = await surveyEngine({ ...rest, keys: ['cpu'], measure: measure! }, 'cpu');
    expect(choice).toBe('cpu');
    expect(cpu!.speed!.responses).toBeGreaterThan(0);
    expect(cpu!.speed!.training).toBeGreaterThan(0);
  }, 120_000);
  it('measures nothing when it has to be quick', async () => {
    expect((await walkProbe({ isQuick: true })).measure).toBeUndefined();
  });
});
