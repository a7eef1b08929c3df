import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { parseDocument } from '@noema/evaluation';
import { DomainError, plainText } from '@noema/kernel';
import type { Noema } from '../noema.js';
import type { CommandContext } from './command-context.js';
import { NEW_VERSIONS, NEW_VERSIONS_HELP, readNewVersions } from '../evaluation/new-versions.js';
import { EXIT_CODES, judgingAction } from './judging-action.js';
import { latestRun, runId } from './named-resource.js';

interface TestOptions {
  readonly run: string;
  readonly baseline?: string;
  readonly file: string;
  readonly report?: string;
  readonly markdown?: string;
  readonly save?: string;
  readonly newVersions?: string | boolean;
}

export function testCommand(): Command {
  return new Command('test')
    .description('test a run, and compare it with another one, by the tests of a file')
    .option('--run <name>', 'run by name or id; "latest" is the newest one that succeeded', 'latest')
    .option('--baseline <name>', 'run that `previous` means, by name or id')
    .requiredOption('--file <path>', 'YAML file with slices and tests')
    .option('--report <path>', 'write a JUnit report')
    .option('--markdown <path>', 'write a summary for a pull request')
    .option('--save <suite>', 'store the results under a suite, by name or id; it takes over the file')
    .option(NEW_VERSIONS, `with --save: ${NEW_VERSIONS_HELP}`)
    .addHelpText('after', EXIT_CODES)
    .action(judgingAction(test));
}

async function test(context: CommandContext, options: TestOptions): Promise<number> {
  const [{ parseYaml }, { RunInsights, RunSamples, runTests }, reports] = await Promise.all([
    import('@noema/readers'),
    import('@noema/judging'),
    import('@noema/judging/tests'),
  ]);
  const text = await readText(options.file);
  const document = parseDocument(parseYaml(text, options.file));
  if (options.newVersions !== undefined && options.save === undefined) throw saveMissing();
  const noema = await context.connect();
  const run = await findRun(context, noema, options.run);
  const baseline =
    options.baseline === undefined ? undefined : await findRun(context, noema, options.baseline);
  const samples = new RunSamples(noema, run);
  const results = await runTests(document, samples, baseline && new RunSamples(noema, baseline), {
    insights: new RunInsights(noema, run, samples.epoch),
  });
  const report = {
    file: options.file,
    run: run.displayName,
    baseline: baseline?.displayName,
    link: `${noema.url}/projects/${run.projectId}/runs/${run.id}/population`,
  };
  if (options.report !== undefined) await writeFile(options.report, reports.junitReport(results, report));
  if (options.markdown !== undefined)
    await writeFile(options.markdown, reports.markdownReport(results, report));
  const saved =
    options.save === undefined
      ? undefined
      : await (await import('../evaluation/save-results.js')).saveResults(noema, options.save, {
          ...{ text, document, run, baseline, results },
          judging:
            options.newVersions === undefined
              ? undefined
              : await readNewVersions(context, noema, options.newVersions),
        });
  context.terminal.document({ runId: run.id, baselineRunId: baseline?.id, results, ...saved });
  for (const { name, summary } of results) context.terminal.line(plainText(`${name}: ${summary}`));
  const { pass, fail, undecided } = reports.countVerdicts(results);
  context.terminal.line(`${pass} passed, ${fail} failed, ${undecided} undecided`);
  if (saved !== undefined)
    context.terminal.line(
      `stored in suite ${options.save}; ` +
        (saved.isDraft
          ? 'the suite is a draft, its results count when it is accepted'
          : `closed issues: ${saved.closedIssueIds.length}`),
    );
  return reports.verdictCode(results);
}

const saveMissing = (): DomainError =>
  new DomainError(
    'invalid',
    'SAVE_MISSING',
    '--new-versions is about a suite of the platform; name the suite with --save',
  );

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new DomainError(
      'invalid',
      'FILE_UNREADABLE',
      `${path} cannot be read; name another file with --file`,
      {
        cause,
      },
    );
  }
}

async function findRun(context: CommandContext, noema: Noema, name: string) {
  if (name === 'latest') return latestRun(context, noema);
  return (await noema.runs.getRun({ runId: await runId(context, noema, name) })).run!;
}
