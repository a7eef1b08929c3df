import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ARTIFACT_SERVICES } from '@noema/contracts';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import { blobsModel } from '../src/fixtures/blobs.model.js';

interface Resource {
  readonly id: string;
  readonly state: string;
  readonly displayName: string;
  readonly epoch?: number;
}

interface Finding {
  readonly id: string;
  readonly state: string;
  readonly sentence: string;
  readonly memberCount: number;
  readonly groupCount: number;
  readonly previousInsightId?: string;
}

const INTEGRATION = fileURLToPath(new URL('../src/fixtures/blobs.integration.js', import.meta.url));
/** The SDK as a module of a folder outside the clone imports it. */
const SDK = JSON.stringify(import.meta.resolve('@noema/integration'));
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
const run = (...args: string[]) => noema(directory.path, ...args);
const json = <T>(...args: string[]): Promise<T> => noemaJson<T>(directory.path, ...args);

/** Reads the table of an export, whose cells hold no comma. */
async function readPoints(folder: string): Promise<Record<string, string>[]> {
  const [head, ...lines] = (await readFile(join(folder, 'points.csv'), 'utf8')).trim().split('\r\n');
  const names = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at]!, cell])));
}

beforeAll(async () => {
  directory = await temporaryDirectory();
  await json('up', '--port', '0');
}, 180_000);
afterAll(async () => {
  await run('down');
  await directory.remove();
});

describe('the walk, step by step', () => {
  let [dataset, model, trained, exploration]: (Resource & {
    latestVersionId?: string;
    epochsDone?: number;
  })[] = [];

  it('integration check reports every handler', async () => {
    const { code, stdout } = await run('integration', 'check', INTEGRATION);
    expect(code).toBe(0);
    expect(stdout).toContain('float32[8, 8, 1]');
  });

  it('datasets create ingests', async () => {
    await json('projects', 'create', 'blobs');
    expect((await run('projects', 'list')).stdout).toContain('default');
    dataset = await json('datasets', 'create', INTEGRATION);
    expect(dataset).toMatchObject({ state: 'JOB_STATE_SUCCEEDED', sampleCount: 600 });
  });

  it('the same data again are the same version', async () => {
    expect((await json<Resource>('datasets', 'create', INTEGRATION)).id).toBe(dataset!.id);
  });

  it('integration upload takes a module, and datasets create its id', async () => {
    const path = join(directory.path, 'uploaded.mjs');
    await writeFile(
      path,
      `import { defineIntegration } from '@noema/integration';
export const integration = defineIntegration({
  name: 'uploaded',
  preprocess: () => ({ training: { length: 5, data: null } }),
  inputs: { x: ({ index }) => [index] },
  groundTruths: {},
});`,
    );
    const { id } = await json<Resource>('integration', 'upload', path);
    expect(await json('datasets', 'create', id)).toMatchObject({
      state: 'JOB_STATE_SUCCEEDED',
      sampleCount: 5,
      displayName: expect.stringMatching(/^uploaded \d$/) as string,
    });
  });

  it('integration check names the file of the user, whatever the handler, and reports each fault once', async () => {
    const path = join(directory.path, 'faulty.mjs');
    await writeFile(
      path,
      `import { defineIntegration, image } from ${SDK};
export const integration = defineIntegration({
  name: 'faulty',
  preprocess: () => ({ training: { length: 30, data: null } }),
  inputs: { x: ({ index }) => [index === 3 ? NaN : index] },
  groundTruths: {},
  visualizers: { picture: () => image([1, 2, 3]) },
});`,
    );
    const { code, stdout } = await run('integration', 'check', path, '--samples', 'all');
    expect(code).toBe(1);
    expect(stdout.split('\n').filter((line) => line.startsWith('  '))).toEqual([
      '  NOT_FINITE: input "x" at training sample "3": number 0 of [1] is NaN; replace or leave out ' +
        `such values (${path}:5)`,
      '  VISUAL_INVALID: visualizer "picture" at training sample "0": a picture needs the shape ' +
        `[height, width] or [height, width, 1, 3 or 4], not [3] (${path}:7), and 29 samples more`,
    ]);
    await writeFile(path, (await readFile(path, 'utf8')).replace('length: 30', "length: 2, ids: ['a', 'a']"));
    expect((await run('integration', 'check', path)).stdout).toContain(
      `have the same id "a"; ids must be unique within a split (${path}:4)`,
    );
  });

  it(
    'datasets create --skip-bad leaves out what fails and lists it; without it the fault stays, and is ' +
      "the user's",
    async () => {
      const path = join(directory.path, 'some-bad.mjs');
      await writeFile(
        path,
        `import { defineIntegration } from ${SDK};
export const integration = defineIntegration({
  name: 'some bad',
  preprocess: () => ({ training: { length: 40, data: null } }),
  inputs: { x: ({ index }) => [index === 7 ? NaN : index] },
  groundTruths: {},
});`,
      );
      const refused = await run('--json', 'datasets', 'create', path);
      expect([refused.code, JSON.parse(refused.stderr)]).toMatchObject([
        6,
        { kind: 'precondition', reason: 'NOT_FINITE' },
      ]);
      const { code, stdout, stderr } = await run('datasets', 'create', path, '--skip-bad');
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/samples +39\n/);
      expect(stdout).toContain(
        '  training/7 (index 7): input "x" at training sample "7": number 0 of [1] is NaN; replace or ' +
          `leave out such values (${path}:5)`,
      );
      expect((await run('datasets', 'create', path, '--skip-bad', '0.01')).stderr).toContain(
        '1 of the first 8 of 40 samples fail, and 0 may be skipped',
      );
    },
  );

  it.each([
    ['models', 'import'],
    ['models', 'create'],
  ])('%s %s of a directory says that it is one', async (...command) => {
    const { code, stderr } = await run(...command, directory.path);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is a directory; give')]);
  });

  it('models create reads a topology', async () => {
    const topology = join(directory.path, 'blobs.json');
    await writeFile(topology, JSON.stringify(blobsModel()));
    model = await json('models', 'create', topology, '--seed', '1');
    expect((await run('models', 'list')).stdout).toContain(model!.id);
  });

  it('runs create --watch trains and shows every epoch', async () => {
    const { code, stdout, stderr } = await run(
      'runs',
      'create',
      '--dataset',
      dataset!.displayName,
      '--model',
      'blobs',
      '--name',
      'first',
      '--epochs',
      '2',
      '--batch-size',
      '32',
      '--watch',
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/epoch 1 of 2: .*\n.*epoch 2 of 2: /);
    [trained] = await json<Resource[]>('runs', 'list');
    expect(await json('runs', 'get', 'first')).toMatchObject({
      id: trained!.id,
      state: 'RUN_STATE_SUCCEEDED',
      epochsDone: 2,
    });
  }, 120_000);

  it('runs create begins with untrained weights again, and evaluates the latest ones', async () => {
    const names = ['--dataset', dataset!.displayName, '--model', 'blobs', '--epochs', '1'];
    const { stderr } = await run('runs', 'create', ...names, '--name', 'again');
    const readVersion = async (name: string) =>
      (await json<{ readonly modelVersionId: string }>('runs', 'get', name)).modelVersionId;
    const first = await readVersion('first');
    expect(await readVersion('again')).toBe(first);
    const [, latest] =
      /begins with the first version of blobs; --model ([0-9a-f-]{36}) goes on/.exec(stderr) ?? [];
    expect(latest, stderr).toBeDefined();
    expect(latest).not.toBe(first);
    expect((await run('runs', 'watch', 'again')).code).toBe(0);
    expect((await run('runs', 'create', ...names, '--name', 'judged', '--evaluate')).stderr).not.toContain(
      'begins with',
    );
    expect([first, latest]).not.toContain(await readVersion('judged'));
    expect((await run('runs', 'watch', 'judged')).code).toBe(0);
  }, 120_000);

  it('insights finds the copies in the data by itself after the run, and exports all but one of each', async () => {
    const found = await waitFor(
      async () => {
        const copies = await json<Finding[]>(
          'insights',
          'list',
          '--run',
          'first',
          '--filter',
          'kind = "duplicates"',
        );
        return copies.length > 0 ? copies : undefined;
      },
      { what: 'an insight about the copies', timeoutMs: 300_000 },
    );
    const rows = new Set<string>();
    for (const { id } of found)
      for (const { row } of await json<{ row: string }[]>('insights', 'export', id)) rows.add(row);
    // The noise of the blobs repeats after 303 samples: 297 samples have an exact copy.
    const copied = Array.from({ length: 297 }, (_, row) => [String(row), String(row + 303)]).flat();
    expect(copied.filter((row) => !rows.has(row))).toEqual([]);
    const [insight] = found as [Finding];
    expect(insight.state).toBe('INSIGHT_STATE_CONFIRMED');
    expect((await run('insights', 'show', insight.id)).stdout).toContain(insight.sentence);
    const file = join(directory.path, 'copies.csv');
    await run('insights', 'export', insight.id, '--for', 'deduplicate', '--to', file);
    const [head, ...pruned] = (await readFile(file, 'utf8')).trim().split('\r\n');
    expect(head).toBe('split,sample_id,row,label,group,verdict,audit');
    expect(pruned).toHaveLength(insight.memberCount - insight.groupCount);
    const audit = await json<{ next: { row?: number }[] }>('insights', 'audit', insight.id);
    // Row 0 is left out of JSON.
    const judged = audit.next.map(({ row = 0 }) => row).join(',');
    expect(await json('insights', 'audit', insight.id, '--wrong', judged)).toMatchObject({
      audit: { wrong: audit.next.length },
    });
    const again = await run('insights', 'search', 'first', '--kinds', 'duplicates', '--seed', '1');
    expect(again.stdout, again.stderr).toMatch(/Duplicates +\d confirmed/);
    const next = await json<Finding[]>('insights', 'list', '--filter', 'kind = "duplicates"');
    expect(next.find(({ previousInsightId }) => previousInsightId === insight.id)).toMatchObject({
      state: 'INSIGHT_STATE_AUDITED',
    });
    const idle = await run('insights', 'search', 'first', '--kinds', 'to-label-next');
    expect(idle.stdout).toContain('0 confirmed, 0 hints, of 0 tried: All samples have labels');
    expect((await run('insights', 'search', 'first', '--kinds', 'nonsense')).stderr).toContain('"nonsense"');
  }, 600_000);

  it('models rename and runs rename give other names, by which they are found from then on', async () => {
    expect(await json('models', 'rename', 'blobs', 'spots')).toMatchObject({
      id: model!.id,
      displayName: 'spots',
    });
    expect(await json('models', 'rename', model!.id, 'blobs')).toMatchObject({ displayName: 'blobs' });
    expect(await json('runs', 'rename', 'first', 'started')).toMatchObject({
      id: trained!.id,
      displayName: 'started',
    });
    expect((await run('runs', 'get', 'first')).stderr).toContain('has the name or id "first"');
    expect(await json('runs', 'rename', 'started', 'first')).toMatchObject({
      id: trained!.id,
      displayName: 'first',
    });
  });

  it('models versions lists where versions come from, and runs delete takes no other run of the name', async () => {
    const versions = await json<{ number: number; origin: string; runId?: string; epoch?: number }[]>(
      'models',
      'versions',
      'blobs',
    );
    expect(versions[0]).toMatchObject({ number: 1, origin: 'MODEL_VERSION_ORIGIN_INITIALIZED' });
    expect(versions.map(({ runId }) => runId)).toContain(trained!.id);
    expect((await run('models', 'versions', 'blobs')).stdout).toMatch(/ trained +first +2 +succeeded /);
    const common = ['--dataset', dataset!.displayName, '--model', 'blobs', '--evaluate', '--watch'];
    const other = await json<Resource>('runs', 'create', ...common, '--name', 'first');
    const refused = await run('runs', 'delete', 'first');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('2 resources of `noema runs list` have the name "first"');
    expect(refused.stderr).toContain(other.id);
    expect((await run('runs', 'delete', other.id)).stderr).toContain('deleted the run');
    const left = (await json<Resource[]>('runs', 'list')).map(({ id }) => id);
    expect(left).toContain(trained!.id);
    expect(left).not.toContain(other.id);
    expect((await run('models', 'delete', 'blobs')).stderr).toContain('run');
  }, 120_000);

  it('explorations appear by themselves', async () => {
    exploration = await waitFor(
      async () =>
        (await json<Resource[]>('explorations', 'list', '--run', trained!.id)).find(
          (e) => e.epoch === 2 && e.state === 'JOB_STATE_SUCCEEDED',
        ),
      { timeoutMs: 120_000, intervalMs: 500 },
    );
    const { stdout } = await run('explorations', 'get', exploration.id);
    expect(stdout).toMatch(/trustworthiness\s+0\.\d{3}/);
  }, 150_000);

  it('explorations list shows run, model and data, and explorations create makes another map', async () => {
    const { code, stdout, stderr } = await run(
      'explorations',
      'create',
      'first',
      '--epoch',
      '1',
      '--algorithm',
      'pca',
      '--dimensions',
      '3',
      '--cluster-method',
      'k-means',
      '--clusters',
      '4',
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/epoch +1\n/);
    expect(stdout).toMatch(/clusters +4 by k-means/);
    const made = (
      await json<(Resource & { algorithm: string; dimensions: number })[]>(
        'explorations',
        'list',
        '--run',
        'first',
      )
    ).filter((e) => e.algorithm === 'ALGORITHM_PCA');
    expect(made).toMatchObject([{ epoch: 1, dimensions: 3 }]);
    const listed = (await run('explorations', 'list')).stdout
      .split('\n')
      .find((line) => line.startsWith(made[0]!.id));
    expect(listed).toMatch(new RegExp(`^${made[0]!.id}  first +blobs +${dataset!.displayName} +1  pca`));
    expect((await run('explorations', 'create', 'first', '--epoch', '9')).stderr).toContain(
      'has no responses at epoch 9 yet',
    );
  });

  it('samples list filters and samples get writes the picture', async () => {
    const listed = await json<{ ref: { sampleId: string } }[]>(
      'samples',
      'list',
      dataset!.id,
      '--filter',
      'split = "validation" AND metadata.number >= 590',
      '--limit',
      '5',
    );
    expect(listed.map((s) => s.ref.sampleId)).toEqual(['s590', 's591', 's592', 's593', 's594']);
    const picture = join(directory.path, 's590.png');
    expect((await run('samples', 'get', dataset!.id, 'validation/s590', '--picture', picture)).code).toBe(0);
    expect((await readFile(picture)).subarray(1, 4).toString()).toBe('PNG');
  });

  it('slices are created, changed, listed and deleted by name', async () => {
    const data = dataset!.id;
    const created = await json<{ sampleCount: number }>(
      ...[
        'slices',
        'create',
        data,
        'late ones',
        '--filter',
        'split = "validation" AND metadata.number >= 590',
      ],
    );
    expect(created.sampleCount).toBe(10);
    await json('slices', 'create', data, 'to relabel', '--rows', '3,5-8', '--note', 'ask Ann');
    expect(
      await json(
        'slices',
        'change',
        data,
        'to relabel',
        '--add',
        '20',
        '--remove',
        '3,4',
        '--name',
        'relabel',
      ),
    ).toMatchObject({ displayName: 'relabel', description: 'ask Ann', sampleCount: 5 });
    const refused = await run('slices', 'change', data, 'late ones', '--add', '1');
    expect(refused.stderr).toContain('the rows of the slice "late ones" are the samples that match');
    expect((await run('slices', 'change', data, 'relabel')).stderr).toContain('the command changes nothing');
    expect((await run('slices', 'delete', data, 'late ones')).code).toBe(0);
    const listed = await json<{ displayName: string }[]>('slices', 'list', data);
    expect(listed.map(({ displayName }) => displayName)).toEqual(['relabel']);
    expect((await run('slices', 'delete', data, 'late ones')).stderr).toContain(
      'no slice of this dataset version',
    );
  });

  it('test --save stores results; an issue about a failed one is listed, commented and closed', async () => {
    const file = join(directory.path, 'suite.yaml');
    await writeFile(file, 'version: 1\ntests: [{ name: one sample, expect: count() = 1 }]\n');
    const test = ['test', '--run', 'first', '--file', file, '--save'];
    const tested = await run('--json', ...test, 'nightly');
    expect(tested.code, tested.stderr).toBe(1);
    const { suiteId } = JSON.parse(tested.stdout) as { suiteId: string };
    const { id } = await json<Resource>('issues', 'create', 'too many samples', '--text', 'see the map');
    const link = '/projects/7/runs/9/population';
    const comment = await json<Resource>('issues', 'comment', id, 'look', '--link', link);
    expect(comment).toMatchObject({ text: 'look', link });
    expect(await json('issues', 'change-comment', comment.id, 'look there')).toMatchObject({
      ...{ text: 'look there', link },
    });
    expect(await json('issues', 'label', id, 'size', 'data')).toMatchObject({ labels: ['data', 'size'] });
    expect(await json('issues', 'label', id, 'size', '--remove')).toMatchObject({ labels: ['data'] });
    expect(await json('issues', 'labels')).toMatchObject([{ name: 'data', openIssues: 1 }]);
    expect(await json('issues', 'list', '--label', 'data')).toMatchObject([{ id }]);
    expect(await json('issues', 'list', '--label', 'size')).toEqual([]);
    const { stdout } = await run('issues', 'list');
    expect(stdout).toMatch(new RegExp(`^${id} +open +too many samples +20`, 'm'));
    expect(await json('issues', 'close', id)).toMatchObject({ state: 'ISSUE_STATE_CLOSED' });
    expect(await json('issues', 'list')).toEqual([]);
    expect(await json('issues', 'list', '--state', 'closed')).toMatchObject([{ id }]);
    // The id of a suite names it as well; both the document and the results stay.
    expect((await run(...test, suiteId)).stdout).toContain(`stored in suite ${suiteId}; closed issues: 0`);
    const failed = await run('issues', 'create', 'x', '--test-result', suiteId);
    expect(failed.stderr).toContain('does not exist');
  });

  it('analyze explains a sample and writes its heat maps', async () => {
    const { code, stdout, stderr } = await run(
      'analyze',
      'first',
      'validation/s480',
      '--to',
      join(directory.path, 'maps'),
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/class (left|middle|right)\s+grad-cam\s+conv/);
    expect(
      (await readFile(join(directory.path, 'maps', 'loss_gradient-loss.png'))).subarray(1, 4).toString(),
    ).toBe('PNG');
  }, 120_000);

  it('similar finds samples of the same class', async () => {
    const { stdout, stderr } = await run(
      'similar',
      'first',
      'validation/s480',
      'validation/s483',
      '-k',
      '5',
      '--split',
      'training',
    );
    expect(stdout.match(/training\/s\d+\s+left/g)).toHaveLength(5);
    expect(stderr).toContain('recall 1.000 (exact)');
  });

  it('export writes Arrow and CSV', async () => {
    const to = join(directory.path, 'out');
    expect(await json('export', exploration!.id, '--to', to)).toMatchObject({
      files: expect.arrayContaining(['vectors.arrow', 'points.csv']) as string[],
    });
    expect((await readFile(join(to, 'points.csv'), 'utf8')).trim().split('\r\n')).toHaveLength(601);
  });

  it('compare counts what the exported tables of both epochs count', async () => {
    const first = await waitFor(
      async () =>
        (await json<Resource[]>('explorations', 'list', '--run', trained!.id)).find(
          (e) => e.epoch === 1 && e.state === 'JOB_STATE_SUCCEEDED',
        ),
      { timeoutMs: 120_000, intervalMs: 500 },
    );
    await json('export', first.id, '--to', join(directory.path, 'epoch-1'));
    const [before, now] = await Promise.all(
      ['epoch-1', 'out'].map((to) => readPoints(join(directory.path, to))),
    );
    const isCorrect = (row: Readonly<Record<string, string>>): boolean => row['label'] === row['predicted'];
    const counts = { correct: 0, fixed: 0, broken: 0, wrong: 0 };
    let difference = 0;
    now!.forEach((row, at) => {
      const [was, is] = [isCorrect(before![at]!), isCorrect(row)];
      counts[was ? (is ? 'correct' : 'broken') : is ? 'fixed' : 'wrong']++;
      difference += Number(row['loss']) - Number(before![at]!['loss']);
    });
    expect(difference).toBeLessThan(0);
    const comparison = await json<{
      shared: number;
      settings: unknown[];
      changes: {
        n: number;
        counts: object;
        difference: { value: number; interval: { low: number; high: number } };
      }[];
      classes: { name: string; changes: { n: number }[] }[];
    }>('compare', 'first', 'first', '--epoch', '1,2');
    const [accuracy, loss] = comparison.changes;
    expect(comparison).toMatchObject({ shared: 600, settings: [] });
    expect(accuracy).toMatchObject({ n: 600, counts });
    expect(accuracy!.difference.value).toBeCloseTo((counts.fixed - counts.broken) / 600, 12);
    expect(loss!.difference.value).toBeCloseTo(difference / 600, 6);
    expect(loss!.difference.interval.high).toBeLessThan(0);
    expect(comparison.classes.reduce((sum, { changes }) => sum + changes[0]!.n, 0)).toBe(600);
    expect((await run('compare', 'first', 'first')).stdout).toContain('fixed 0, broken 0');
  }, 180_000);

  it('artifacts download writes what a resource names, goes on where it broke, and refuses other bytes', async () => {
    const { samples } = await json<{ samples: { uri: string; sha256: string } }>(
      'datasets',
      'get',
      dataset!.id,
    );
    const [whole, later, wrong] = ['whole', 'later', 'wrong'].map((name) => join(directory.path, name)) as [
      string,
      string,
      string,
    ];
    expect(await json('artifacts', 'download', samples.uri, '--to', whole)).toMatchObject({
      sha256: samples.sha256,
    });
    const bytes = await readFile(whole);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(samples.sha256);
    await writeFile(`${later}.part`, bytes.subarray(0, 1_000));
    expect(
      (await run('artifacts', 'download', samples.uri, '--service', 'datasets', '--to', later)).stdout,
    ).toContain(samples.sha256);
    expect(Buffer.compare(await readFile(later), bytes)).toBe(0);
    await writeFile(`${wrong}.part`, 'not these');
    const refused = await run('artifacts', 'download', samples.uri, '--to', wrong);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('it was removed')]);
    expect((await run('artifacts', 'download', samples.uri.replace('samples', 'other'))).code).toBe(3);
  });

  it('jobs list shows all services', async () => {
    const { stdout } = await run('jobs', 'list');
    for (const service of ARTIFACT_SERVICES) expect(stdout).toContain(service);
  });
});

describe('exit codes', () => {
  it.each([
    ['wrong use', 2, ['samples', 'get', 'x', 'nonsense']],
    ['an unknown command', 2, ['sing']],
    ['not found', 3, ['runs', 'get', '0190b5a0-0000-7000-8000-000000000000']],
    ['a name that nothing has', 3, ['runs', 'get', 'first "and\\ last"', '--project', 'blobs']],
    [
      'a wrong key',
      4,
      [
        '--key',
        'noema_000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        'runs',
        'list',
        '--project',
        'blobs',
      ],
    ],
    ['no server', 5, ['--url', 'http://127.0.0.1:1', 'projects', 'list']],
    ['a name that is taken', 6, ['projects', 'create', 'blobs']],
  ])('%s ends with %i', async (_what, code, args) => {
    const ended = await run(...args);
    expect(ended.code, ended.stderr).toBe(code);
    expect(ended.stdout).toBe('');
  });
});
