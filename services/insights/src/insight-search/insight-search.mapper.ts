import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  type InsightOutcomeSchema,
  type InsightSearchSchema,
  InsightOutcomeState,
} from '@noema/contracts/noema/insights/v1/insight_search';
import { jobResourceMessage } from '@noema/jobs';
import type { JsonObject } from '@bufbuild/protobuf';
import type { InsightSearch, SearchOutcome } from './insight-search.js';

const STATES = {
  done: InsightOutcomeState.DONE,
  skipped: InsightOutcomeState.SKIPPED,
  failed: InsightOutcomeState.FAILED,
} as const satisfies Record<SearchOutcome['state'], InsightOutcomeState>;

export function insightSearchMessage(search: InsightSearch): MessageInitShape<typeof InsightSearchSchema> {
  const { source, recipe, createdBy, contents } = search;
  const { withoutNeighbors: _, branch: __, output, ...rest } = source;
  const count = (of: (outcome: SearchOutcome) => number): number =>
    contents?.outcomes.reduce((sum, outcome) => sum + of(outcome), 0) ?? 0;
  return {
    ...jobResourceMessage(search),
    ...rest,
    output: output?.name ?? '',
    createdBy,
    recipe: {
      seed: recipe.seed,
      q: recipe.q,
      groupField: recipe.groupField ?? '',
      kinds: recipe.kinds.map((kind) => ({ ...kind, parameters: kind.parameters as JsonObject })),
    },
    outcomes: contents?.outcomes.map(outcomeMessage) ?? [],
    searchedCount: contents?.searchedCount ?? 0,
    remarks: [...(contents?.remarks ?? [])],
    insightCount: count(({ confirmed }) => confirmed),
    hintCount: count(({ found, confirmed }) => found - confirmed),
  };
}

const outcomeMessage = ({
  state,
  remarks,
  fault,
  ...outcome
}: SearchOutcome): MessageInitShape<typeof InsightOutcomeSchema> => ({
  ...outcome,
  state: STATES[state],
  remarks: [...remarks],
  ...(fault && { fault: { ...fault, metadata: {} } }),
});
