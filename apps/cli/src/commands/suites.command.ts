import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { TestResultSchema } from '@noema/contracts/noema/quality/v1/test_result';
import { BaselineRule, type TestSuite, TestSuiteSchema } from '@noema/contracts/noema/quality/v1/test_suite';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { allPages, DomainError, plainText } from '@noema/kernel';
import {
  JUDGING_PATHS,
  NEW_VERSIONS,
  NEW_VERSIONS_HELP,
  readNewVersions,
} from '../evaluation/new-versions.js';
import type { CommandContext } from './command-context.js';
import { positiveInteger } from './datasets.command.js';
import { EXIT_CODES, judgingAction } from './judging-action.js';
import { latestRun, runId, testSuite } from './named-resource.js';
import { printList, printOne, stateName, when } from './resource-output.js';
import { action } from './runner.js';
import { watchJob } from './watch-job.js';

interface SuiteOptions {
  readonly file?: string;
  readonly newVersions?: string | boolean;
}

export function suitesCommand(): Command {
  const suites = new Command('suites').description('named tests of the project');
  suites.command('list').description('list the suites of the project, the newest first').action(action(list));
  suites
    .command('create <name>')
    .description('create a suite from a file with tests')
    .requiredOption('--file <path>', 'YAML file with slices and tests')
    .option(NEW_VERSIONS, NEW_VERSIONS_HELP)
    .action(action(create));
  suites
    .command('update <suite>')
    .description('change the tests of a suite, by name or id, or whether it judges new versions')
    .option('--file <path>', 'YAML file with slices and tests')
    .option(NEW_VERSIONS, NEW_VERSIONS_HELP)
    .option('--no-new-versions', 'judge no new versions')
    .action(action(update));
  suites
    .command('judge <suite>')
    .description('judge a run by a suite on the platform, and wait for the results')
    .option('--run <name>', 'run by name or id; "latest" is the newest one that succeeded', 'latest')
    .option('--epoch <number>', 'epoch of the run; the last one when left out', positiveInteger)
    .addHelpText('after', EXIT_CODES)
    .action(judgingAction(judge));
  suites
    .command('delete <suite>')
    .description('delete a suite and its results')
    .action(
      action(async (context: CommandContext, name: string) => {
        const noema = await context.connect();
        const { id } = await testSuite(context, noema, name);
        await noema.testSuites.deleteTestSuite({ testSuiteId: id });
        context.terminal.note(`suite ${name} is deleted`);
      }),
    );
  return suites;
}

async function list(context: CommandContext): Promise<void> {
  const noema = await context.connect();
  const projectId = await context.projectId(noema);
  const suites = await allPages(
    (pageToken) => noema.testSuites.listTestSuites({ projectId, pageSize: 1000, pageToken }),
    (page) => page.testSuites,
  );
  printList(context.terminal, TestSuiteSchema, suites, [
    { heading: 'ID', value: ({ id }) => id },
    { heading: 'NAME', value: ({ displayName, draft }) => (draft ? `${displayName} (draft)` : displayName) },
    { heading: 'TESTS', value: ({ testNames }) => testNames.length, align: 'right' },
    { heading: 'NEW VERSIONS', value: formatJudging },
    { heading: 'CREATED', value: ({ createTime }) => when(createTime) },
  ]);
}

async function create(context: CommandContext, displayName: string, options: SuiteOptions): Promise<void> {
  const noema = await context.connect();
  const created = await noema.testSuites.createTestSuite({
    projectId: await context.projectId(noema),
    displayName,
    document: await readFile(options.file!, 'utf8'),
    ...(options.newVersions !== undefined && (await readNewVersions(context, noema, options.newVersions))),
  });
  print(context, created.testSuite!);
}

async function update(
  context: CommandContext,
  name: string,
  { file, newVersions }: SuiteOptions,
): Promise<void> {
  const noema = await context.connect();
  const { id, etag } = await testSuite(context, noema, name);
  const document = file === undefined ? undefined : await readFile(file, 'utf8');
  const judging = newVersions === undefined ? undefined : await readNewVersions(context, noema, newVersions);
  const updated = await noema.testSuites.updateTestSuite({
    testSuite: { id, etag, ...(document !== undefined && { document }), ...judging },
    updateMask: {
      paths: [...(document === undefined ? [] : ['document']), ...(judging ? JUDGING_PATHS : [])],
    },
  });
  print(context, updated.testSuite!);
}

/** Returns 1 if a test failed, 2 if one is undecided. */
async function judge(
  context: CommandContext,
  name: string,
  { run, epoch = 0 }: { readonly run: string; readonly epoch?: number },
): Promise<0 | 1 | 2> {
  const { terminal, signal } = context;
  const noema = await context.connect();
  const { id: testSuiteId, projectId } = await testSuite(context, noema, name);
  const judged = run === 'latest' ? (await latestRun(context, noema)).id : await runId(context, noema, run);
  const { job, testJudgment } = await noema.testJudgments.createTestJudgment({
    ...{ testSuiteId, runId: judged, epoch },
  });
  await watchJob(noema, terminal, { service: 'quality', jobId: job!.id, title: 'judge' }, signal);
  const ended = (await noema.testJudgments.getTestJudgment({ testJudgmentId: testJudgment!.id }))
    .testJudgment!;
  if (ended.state !== JobState.SUCCEEDED) throw judgedAgain(name);
  // A run may have results of earlier epochs, and of tests that the suite had before.
  const { testNames } = (await noema.testSuites.getTestSuite({ testSuiteId })).testSuite!;
  const query = { projectId, testSuiteId, runId: judged, filter: `epoch = ${ended.epoch}`, pageSize: 1000 };
  const results = await allPages(
    (pageToken) => noema.testResults.listTestResults({ ...query, pageToken }),
    (page) => page.testResults,
  );
  const byName = new Map(results.map((result) => [result.testName, result]));
  printList(
    terminal,
    TestResultSchema,
    testNames.flatMap((testName) => byName.get(testName) ?? []),
    [
      { heading: 'TEST', value: ({ testName }) => plainText(testName) },
      { heading: 'RESULT', value: ({ reason }) => plainText(reason) },
    ],
  );
  return ended.failing > 0 ? 1 : ended.undecided > 0 ? 2 : 0;
}

const judgedAgain = (suite: string): DomainError =>
  new DomainError(
    'conflict',
    'JUDGED_AGAIN',
    `the suite "${suite}" judges the run again, because it was requested or the run has ended again; run the ` +
      'command again',
    { metadata: { display_name: suite } },
  );

const print = ({ terminal }: CommandContext, suite: TestSuite): void =>
  printOne(terminal, TestSuiteSchema, suite, {
    id: suite.id,
    name: suite.displayName,
    tests: suite.testNames.length,
    'new versions': formatJudging(suite),
  });

const formatJudging = ({ runForNewVersions, baselineRule, baselineRunId }: TestSuite): string =>
  runForNewVersions
    ? `judged against ${baselineRunId || stateName(BaselineRule, baselineRule).replace('_run', '')}`
    : 'not judged';
