import { setImmediate as turn } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { RunSchema } from '@noema/contracts/noema/training/v1/run';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { parseDocument } from '@noema/evaluation';
import { describe, expect, it } from 'vitest';
import { DomainError } from '@noema/kernel';
import { EvaluationCache } from './evaluation-cache.js';
import { readCorrect, RunSamples } from './run-samples.js';
import { type InsightReader, RunInsights } from './run-insights.js';
import { selectRows } from './sample-columns.js';
import { runTests } from './run-tests.js';

interface ListRequest {
  readonly epoch: number;
  readonly output: string;
  readonly filter: string;
  readonly pageToken: string;
}

/** A run of two epochs with `total` samples; it records the requests. */
function startRun(total: number) {
  const requests: ListRequest[] = [];
  const listSampleEvaluations = (request: ListRequest) => {
    requests.push(request);
    const from = Number(request.pageToken);
    const evaluations = Array.from({ length: Math.min(1000, total - from) }, (_, i) => ({
      row: from + i,
      task: 1,
      hasLoss: true,
      loss: 1 + ((from + i) % 7) ** 3,
      correct: request.output !== 'parity',
      probabilities: [0.5, 0.5],
      predictedObjects: [{}],
      trueObjects: [{}],
      metrics: [{}],
    }));
    const next = from + 1000;
    return Promise.resolve({
      evaluations,
      totalSize: total,
      nextPageToken: next < total ? String(next) : '',
    });
  };
  return { requests, platform: { evaluations: { listSampleEvaluations: listSampleEvaluations as never } } };
}
/** Of a model with two outputs. */
const TWO = create(RunSchema, {
  ...{ id: 'r', datasetVersionId: 'd', epochsDone: 2, displayName: 'first' },
  objectives: [
    { output: 'digit', task: Task.MULTI_CLASS, loss: { name: 'categorical_crossentropy' } },
    { output: 'parity', task: Task.MULTI_CLASS, loss: { name: 'categorical_crossentropy' } },
  ],
});
/** The tests are about samples alone. */
const insights = new RunInsights({} as InsightReader, create(RunSchema), 2);
const RUN = create(RunSchema, { id: 'r', datasetVersionId: 'd', epochsDone: 2, displayName: 'first' });

describe('RunSamples', () => {
  it('reads all pages of the epoch that was the last one at the start', async () => {
    const { requests, platform } = startRun(2500);
    const run = { ...RUN };
    const samples = new RunSamples(platform, run);
    run.epochsDone = 3;
    expect(await samples.rows('')).toHaveLength(2500);
    expect(requests.map(({ epoch }) => epoch)).toEqual([2, 2, 2]);
  });

  it('reads another output of the same epoch by its own evaluations, and refuses an unknown one', async () => {
    const { requests, platform } = startRun(10);
    const samples = new RunSamples(platform, TWO, { epoch: 1 });
    const [first] = await samples.rows('');
    const [other] = await samples.withOutput('parity').rows('');
    expect([first!.correct, other!.correct]).toEqual([true, false]);
    expect(requests.map(({ epoch, output }) => [epoch, output])).toEqual([
      [1, ''],
      [1, 'parity'],
    ]);
    expect(samples.withOutput('parity')).toBe(samples.withOutput('parity'));
    expect(() => samples.withOutput('size')).toThrow('first has no output "size"; it has: digit, parity');
  });

  it('stores samples without probabilities, objects and metrics', async () => {
    const [first] = await new RunSamples(startRun(1).platform, RUN).rows('');
    expect(first).toMatchObject({ probabilities: [], predictedObjects: [], trueObjects: [], metrics: [] });
  });

  it('stores as many samples of all filters as one filter may have', async () => {
    const { requests, platform } = startRun(600);
    const samples = new RunSamples(platform, RUN, { maxRows: 1000 });
    for (const filter of ['a', 'a', 'b', 'a']) await samples.rows(filter);
    expect(requests.map(({ filter }) => filter)).toEqual(['a', 'b', 'a']);
  });

  it('has one column for each field, over all pages', async () => {
    const { platform } = startRun(2500);
    const { rows, fields } = await new RunSamples(platform, RUN).columns('');
    expect([rows.length, rows[2499]]).toEqual([2500, 2499]);
    expect(fields.get('loss')!.slice(0, 3)).toEqual(new Float64Array([1, 2, 9]));
    expect(fields.get('loss')![2499]).toBe(1 + (2499 % 7) ** 3);
    expect(fields.get('correct')!.every((value) => value === 1)).toBe(true);
    expect(fields.get('residual')!.every(Number.isNaN)).toBe(true);
  });

  describe('with a cache', () => {
    const cached = (total = 600) => {
      const { requests, platform } = startRun(total);
      const stored = { uri: 'first' };
      const epochs = { getEpoch: () => Promise.resolve({ epoch: { evaluation: stored } }) };
      const cache = new EvaluationCache(600 * 512);
      const call = (team = 'a', signal?: AbortSignal, output = '') =>
        new RunSamples({ ...platform, epochs: epochs as never }, TWO, {
          cache: cache.forTeam(team),
          signal,
          output,
        });
      return { requests, stored, call };
    };

    it('reads the samples of an epoch once for all calls of a team', async () => {
      const { requests, call } = cached();
      for (let page = 0; page < 3; page++) expect(await call().rows('')).toHaveLength(600);
      expect(requests).toHaveLength(1);
      await call('b').rows('');
      expect(requests).toHaveLength(2);
    });

    it('distinguishes the outputs', async () => {
      const { requests, call } = cached();
      const of = (output: string) => call('a', undefined, output).rows('');
      expect((await of('digit'))[0]!.correct).toBe(true);
      expect((await of('parity'))[0]!.correct).toBe(false);
      expect(requests).toHaveLength(2);
    });

    it('reads again when the run has evaluated the epoch again', async () => {
      const { requests, stored, call } = cached();
      await call().rows('');
      stored.uri = 'second';
      await call().rows('');
      expect(requests).toHaveLength(2);
    });

    it('drops what was used least above its size', async () => {
      const { requests, call } = cached();
      for (const filter of ['a', 'a', 'b', 'a']) await call().rows(filter);
      expect(requests.map(({ filter }) => filter)).toEqual(['a', 'b', 'a']);
    });

    it('keeps nothing that is larger than all of it', async () => {
      const { requests, call } = cached(601);
      for (let page = 0; page < 2; page++) await call().rows('');
      expect(requests).toHaveLength(2);
    });

    it('reads for a caller whose concurrent caller left', async () => {
      const { call } = cached(2500);
      const caller = new AbortController();
      const left = new Error('the caller left');
      const [first, second] = [call('a', caller.signal).rows(''), call().rows('')];
      caller.abort(left);
      await expect(first).rejects.toBe(left);
      expect(await second).toHaveLength(2500);
    });
  });

  it('stops between two pages when its caller leaves', async () => {
    const { requests, platform } = startRun(5000);
    const caller = new AbortController();
    const samples = new RunSamples(platform, RUN, { signal: caller.signal });
    const left = new Error('the caller left');
    await expect(
      samples.each('', () => {
        caller.abort(left);
      }),
    ).rejects.toBe(left);
    expect(requests).toHaveLength(1);
  });
});

describe('readCorrect', () => {
  it.each([
    [Task.MULTI_CLASS, false],
    [Task.REGRESSION, undefined],
    [Task.PER_PIXEL, undefined],
    [Task.DETECTION, undefined],
  ])('of task %i is %s for a sample that is not marked as correct', (task, expected) => {
    expect(readCorrect({ task, hasLoss: true, correct: false } as SampleEvaluation)).toBe(expected);
  });
});

describe('selectRows', () => {
  it('returns the samples of the wanted rows, without the rows that it does not have', () => {
    const columns = {
      rows: Int32Array.of(1, 3, 4, 7),
      fields: new Map([['loss', Float64Array.of(10, 30, 40, 70)]]),
    };
    const { rows, fields } = selectRows(columns, Int32Array.of(0, 3, 5, 7, 9));
    expect([...rows]).toEqual([3, 7]);
    expect([...fields.get('loss')!]).toEqual([30, 70]);
  });
});

describe('runTests', () => {
  it('names why a test cannot be judged, and judges the others', async () => {
    const { platform } = startRun(10);
    const list = platform.evaluations.listSampleEvaluations as (request: ListRequest) => Promise<object>;
    const reader = {
      evaluations: {
        listSampleEvaluations: ((request: ListRequest) =>
          request.filter === ''
            ? list(request)
            : Promise.reject(new DomainError('invalid', 'FILTER_INVALID', 'no field "ink"'))) as never,
      },
    };
    const tests = [
      { name: 'unknown field', expect: 'mean(sharpness) > 0' },
      { name: 'unknown column', where: 'ink < 1', expect: 'mean(loss) > 0' },
      { name: 'without a baseline', expect: 'mean(loss) <= previous' },
      { name: 'good', expect: 'mean(correct) >= 0.5' },
    ];
    const document = parseDocument({ version: 1, tests });
    const samples = new RunSamples(reader, RUN);
    await expect(runTests(document, samples, undefined, { insights })).rejects.toMatchObject({
      kind: 'invalid',
    });
    const results = await runTests(
      document,
      samples,
      { refusal: 'the run is deleted' },
      {
        insights,
        whenRefused: 'undecided',
      },
    );
    expect(results.map(({ verdict, summary }) => [verdict, summary])).toEqual([
      ['undecided', expect.stringContaining('"sharpness"')],
      ['undecided', expect.stringContaining('no field "ink"')],
      ['undecided', 'undecided: the run is deleted'],
      ['pass', expect.any(String)],
    ]);
  });

  it('judges each test by its output, and refuses one that a version does not have', async () => {
    const { platform } = startRun(100);
    const tests = [
      { name: 'digit', expect: 'mean(correct) >= 0.5' },
      { name: 'parity', output: 'parity', expect: 'mean(correct) >= 0.5' },
      { name: 'against before', output: 'parity', expect: 'mean(correct) >= previous - 0.1' },
      { name: 'unknown', output: 'size', expect: 'mean(loss) > 0' },
    ];
    const one = { ...TWO, displayName: 'before', objectives: TWO.objectives.slice(0, 1) };
    const judge = (whenRefused: 'throw' | 'undecided') =>
      runTests(
        parseDocument({ version: 1, tests }),
        new RunSamples(platform, TWO),
        new RunSamples(platform, one),
        { insights, whenRefused },
      );
    const results = await judge('undecided');
    expect(results.map(({ verdict }) => verdict)).toEqual(['pass', 'fail', 'undecided', 'undecided']);
    expect(results[2]!.summary).toContain('before has no output "parity"; it has: digit');
    expect(results[3]!.summary).toContain('first has no output "size"; it has: digit, parity');
    await expect(judge('throw')).rejects.toMatchObject({ reason: 'OUTPUT_NOT_FOUND' });
  });

  it('does not decide a loss against a run with another loss function', async () => {
    const tests = ['mean(loss) <= previous', 'mean(correct) >= previous'].map((expect, i) => ({
      name: `t${i}`,
      expect,
    }));
    const { platform } = startRun(100);
    const other = { ...RUN, settings: { loss: { name: 'huber' } } as never };
    const results = await runTests(
      parseDocument({ version: 1, tests }),
      new RunSamples(platform, RUN),
      new RunSamples(platform, other),
      { insights },
    );
    expect(results.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided']);
    expect(results[0]!.summary).toContain('loss functions differ');
    expect(results[1]!.summary).toContain('mean(correct) is 1');
  });

  it('judges in a thread, so that the process answers others, and keeps the order of the tests', async () => {
    const tests = ['b', 'a', 'b', 'a'].map((filter, i) => ({
      name: `test ${i}`,
      where: filter,
      expect: 'mean(loss) > 0',
    }));
    const document = parseDocument({ version: 1, tests });
    const { requests, platform } = startRun(2000);
    let turns = 0;
    let isDone = false;
    const running = runTests(document, new RunSamples(platform, RUN), undefined, { insights }).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      turns++;
      await turn();
    }
    const results = await running;
    expect(results.map(({ name, verdict }) => [name, verdict])).toEqual(
      tests.map(({ name }) => [name, 'pass']),
    );
    // On the thread of the process four resamplings take four turns.
    expect(turns).toBeGreaterThan(50);
    expect(new Set(requests.map(({ filter }) => filter))).toEqual(new Set(['a', 'b']));
    expect(requests).toHaveLength(4);
  });
});
