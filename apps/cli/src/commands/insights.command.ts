import { Command, Option } from 'commander';
import { type Insight, InsightSchema, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import { InsightSearchSchema } from '@noema/contracts/noema/insights/v1/insight_search';
import { allPages, plainText } from '@noema/kernel';
import type { CommandContext } from './command-context.js';
import { describeOutcomes } from './insight-outcomes.js';
import { automatic, deleteSearch, listSearches } from './insight-searches.js';
import { outputColumn } from './output-column.js';
import { auditInsight, AUDIT_HELP } from './insights-audit.js';
import { exportInsight, EXPORT_ACTIONS } from './insights-export.js';
import { runId } from './named-resource.js';
import { parseRows } from './row-list.js';
import { printList, printOne, stateName } from './resource-output.js';
import { action } from './runner.js';
import { watchJob } from './watch-job.js';

interface ListOptions {
  readonly run?: string;
  readonly filter: string;
  readonly hints?: boolean;
  readonly outdated?: boolean;
}

export function insightsCommand(): Command {
  const insights = new Command('insights').description('findings about runs and their data');
  insights
    .command('list')
    .description(
      'list insights of the project, the most severe first: by level, then by damage relative to a large one',
    )
    .option('--run <name>', 'only insights of this run, by name or id')
    .option(
      '--filter <condition>',
      'such as: kind = "mislabelled" AND severity >= 2 AND output = "parity"',
      '',
    )
    .option('--hints', 'list hints too, which no held-out sample has confirmed')
    .option('--outdated', 'list insights too that a later search of their run replaced')
    .action(action(list));
  insights
    .command('show <insight>')
    .description('show an insight with its evidence and its first samples')
    .action(action(show));
  insights
    .command('audit <insight>')
    .description('show the result of the verdicts on an insight, or store verdicts')
    .option(
      '--wrong <rows>',
      'rows of samples that are wrong as the insight claims, such as 3,5-8',
      parseRows,
    )
    .option('--right <rows>', 'rows of samples that are right', parseRows)
    .option('--unsure <rows>', 'rows of samples on which a person cannot decide', parseRows)
    .addHelpText('after', AUDIT_HELP)
    .action(action(auditInsight));
  insights
    .command('export <insight>')
    .description('write the samples of an insight as CSV')
    .addOption(new Option('--for <action>', 'action').choices(EXPORT_ACTIONS).default('all'))
    .option('--to <file>', 'file to write to; left out, the standard output')
    .action(action(exportInsight));
  insights
    .command('search <run>')
    .description('search a run for insights, and wait for them')
    .option('--kinds <kinds>', 'kinds, divided by commas; left out, all of `noema methods insights`')
    .option('--epoch <number>', 'epoch; left out, the last one', Number, 0)
    .option('--seed <number>', 'seed of all random draws', Number, 0)
    .option(
      '--group <field>',
      'metadata whose equal values belong together, such as patient; left out, the one of the data',
      '',
    )
    .option('--output <name>', 'output of the model that is searched (default: the first)', '')
    .action(action(search));
  insights
    .command('searches')
    .description('list the searches of the project, the newest first')
    .option('--run <name>', 'only searches of this run, by name or id')
    .action(action(listSearches));
  insights
    .command('delete <search>')
    .description('delete a search with its insights; the insights that it had replaced are listed again')
    .action(action(deleteSearch));
  insights
    .command('automatic [switch]')
    .description('show whether the runs of the project are searched by themselves, or set it: on, off')
    .option('--epochs', 'set it for the cheap part after each epoch: forgotten, miscalibrated')
    .action(action(automatic));
  return insights;
}

async function list(context: CommandContext, options: ListOptions): Promise<void> {
  const noema = await context.connect();
  const query = {
    projectId: await context.projectId(noema),
    runId: options.run === undefined ? '' : await runId(context, noema, options.run),
    filter: options.filter,
    includeHints: options.hints ?? false,
    includeOutdated: options.outdated ?? false,
    pageSize: 1000,
  };
  const found = await allPages(
    (pageToken) => noema.insights.listInsights({ ...query, pageToken }),
    (page) => page.insights,
  );
  printInsights(context, found);
}

const printInsights = ({ terminal }: CommandContext, insights: readonly Insight[]): void => {
  printList(terminal, InsightSchema, insights, [
    { heading: 'ID', value: ({ id }) => id },
    { heading: 'KIND', value: ({ kindTitle }) => plainText(kindTitle) },
    { heading: 'STATE', value: ({ state }) => stateName(InsightState, state) },
    { heading: 'FOUND AS', value: ({ foundState }) => stateName(InsightState, foundState) },
    { heading: 'SEVERITY', value: ({ severity }) => severity?.level ?? 0, align: 'right' },
    { heading: 'SAMPLES', value: ({ memberCount }) => memberCount, align: 'right' },
    ...outputColumn(insights),
    { heading: 'INSIGHT', value: ({ sentence }) => plainText(sentence) },
  ]);
};

async function show(context: CommandContext, insightId: string): Promise<void> {
  const noema = await context.connect();
  const insight = (await noema.insights.getInsight({ insightId })).insight!;
  const { members } = await noema.insights.listInsightMembers({ insightId, pageSize: 10 });
  const { effect, severity, explanations, membership, remarks } = insight;
  const rows = [
    ...members.map(({ row }) => String(row)),
    ...(insight.memberCount > members.length ? ['…'] : []),
  ];
  const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
  printOne(context.terminal, InsightSchema, insight, {
    insight: plainText(insight.sentence),
    kind: plainText([insight.kindTitle, insight.subkind].filter(Boolean).join(', ')),
    state: stateName(InsightState, insight.state),
    ...(insight.output !== '' && { output: plainText(insight.output) }),
    'found as': stateName(InsightState, insight.foundState),
    severity: severity === undefined ? '' : `${severity.level} of 3, ${percent(severity.share)}`,
    ...(effect && {
      effect:
        `${effect.measure} ${effect.inside.toPrecision(3)} (n = ${effect.insideCount}), elsewhere ` +
        `${effect.outside.toPrecision(3)} (n = ${effect.outsideCount}); difference ` +
        `${effect.low.toPrecision(3)} to ${effect.high.toPrecision(3)}`,
    }),
    ...(insight.qValue !== undefined && {
      luck: `q = ${insight.qValue.toPrecision(2)}, ${insight.tried} candidates tried`,
    }),
    ...(explanations.length > 0 && {
      'explained by': explanations
        .slice(0, 3)
        .map(({ name, value, inside, outside }) =>
          plainText(`${name} ${value} (${percent(inside)}, elsewhere ${percent(outside)})`),
        )
        .join('; '),
    }),
    ...(membership?.filter && { filter: plainText(membership.filter) }),
    samples: `${insight.memberCount}, rows ${rows.join(', ')}`,
    ...(remarks.length > 0 && { remarks: plainText(remarks.join(' ')) }),
    ...(insight.note !== '' && { note: plainText(insight.note) }),
  });
}

interface SearchOptions {
  readonly kinds?: string;
  readonly epoch: number;
  readonly seed: number;
  readonly group: string;
  readonly output: string;
}

async function search(
  context: CommandContext,
  run: string,
  { kinds = '', epoch, seed, group, output }: SearchOptions,
): Promise<void> {
  const { terminal, signal } = context;
  const noema = await context.connect();
  const { insightSearch, job } = await noema.insightSearches.createInsightSearch({
    projectId: await context.projectId(noema),
    runId: await runId(context, noema, run),
    kinds: kinds === '' ? [] : kinds.split(',').map((kind) => kind.trim()),
    ...{ epoch, seed, groupField: group, output },
  });
  await watchJob(noema, terminal, { service: 'insights', jobId: job!.id, title: 'search' }, signal);
  const insightSearchId = insightSearch!.id;
  const ended = (await noema.insightSearches.getInsightSearch({ insightSearchId })).insightSearch!;
  const { outcomes, shared } = describeOutcomes(ended.outcomes);
  const remarks = [...ended.remarks, ...shared];
  printOne(terminal, InsightSearchSchema, ended, {
    insights: ended.insightCount,
    hints: ended.hintCount,
    ...outcomes,
    ...(remarks.length > 0 && { remarks: plainText(remarks.join(' ')) }),
  });
}
