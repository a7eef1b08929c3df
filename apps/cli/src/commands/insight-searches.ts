import {
  InsightSearchSchema,
  InsightSettingsSchema,
} from '@noema/contracts/noema/insights/v1/insight_search';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { allPages, DomainError, plainText } from '@noema/kernel';
import type { CommandContext } from './command-context.js';
import { findRunNames, runId } from './named-resource.js';
import { outputColumn } from './output-column.js';
import { printList, printOne, stateName } from './resource-output.js';

/** Lists the searches of a project, or of a run. */
export async function listSearches(
  context: CommandContext,
  options: { readonly run?: string },
): Promise<void> {
  const noema = await context.connect();
  const query = {
    projectId: await context.projectId(noema),
    runId: options.run === undefined ? '' : await runId(context, noema, options.run),
    pageSize: 1000,
  };
  const searches = await allPages(
    (pageToken) => noema.insightSearches.listInsightSearches({ ...query, pageToken }),
    (page) => page.insightSearches,
  );
  const runName = await findRunNames(noema, query.projectId);
  printList(context.terminal, InsightSearchSchema, searches, [
    { heading: 'ID', value: ({ id }) => id },
    { heading: 'RUN', value: (search) => plainText(runName(search.runId)) },
    { heading: 'EPOCH', value: ({ epoch }) => epoch, align: 'right' },
    ...outputColumn(searches),
    { heading: 'STATE', value: ({ state }) => stateName(JobState, state) },
    { heading: 'INSIGHTS', value: ({ insightCount }) => insightCount, align: 'right' },
    { heading: 'HINTS', value: ({ hintCount }) => hintCount, align: 'right' },
    { heading: 'BY', value: ({ createdBy }) => plainText(createdBy) },
  ]);
}

/** Deletes a search with its insights. */
export async function deleteSearch(
  { connect, terminal }: CommandContext,
  insightSearchId: string,
): Promise<void> {
  const noema = await connect();
  await noema.insightSearches.deleteInsightSearch({ insightSearchId });
  terminal.note(`deleted the search ${insightSearchId} with its insights`);
}

const SWITCH: Readonly<Record<string, boolean>> = { on: true, off: false };

/** Prints whether the runs of the project are searched by themselves, after a change if there is one. */
export async function automatic(
  context: CommandContext,
  wanted: string | undefined,
  { epochs = false }: { readonly epochs?: boolean },
): Promise<void> {
  const isOn = wanted === undefined ? undefined : SWITCH[wanted];
  if (wanted !== undefined && isOn === undefined)
    throw new DomainError('invalid', 'SWITCH_INVALID', `"${wanted}" is no switch; write on or off`);
  const noema = await context.connect();
  const projectId = await context.projectId(noema);
  const change = epochs ? { searchAfterEpochs: isOn } : { searchAfterRuns: isOn };
  const { insightSettings } =
    isOn === undefined
      ? await noema.insightSearches.getInsightSettings({ projectId })
      : await noema.insightSearches.updateInsightSettings({ insightSettings: { projectId, ...change } });
  const say = (value: boolean | undefined): string => (value === true ? 'on' : 'off');
  printOne(context.terminal, InsightSettingsSchema, insightSettings!, {
    'after runs': say(insightSettings!.searchAfterRuns),
    'after epochs': say(insightSettings!.searchAfterEpochs),
  });
}
