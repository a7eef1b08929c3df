import { Inject, Injectable } from '@nestjs/common';
import { insightKinds, type KindOutcome } from '@noema/insights';
import { findOrThrow, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { type SearchControl, SearchThread } from '../engine/search.thread.js';
import { InsightKeeper } from '../insight/insight.keeper.js';
import { TrainingClient } from '../peers/training.client.js';
import { PopulationReader } from '../population/population.reader.js';
import { InsightSearchEvents } from './insight-search.events.js';
import { searchNotFound } from './insight-search.errors.js';
import type { SearchContents, SearchOutcome } from './insight-search.js';
import { refreshRecipe } from './insight-search.recipe.js';
import { InsightSearchRepository } from './insight-search.repository.js';

/** The work of the job: reads, searches, stores the evidence, and returns what makes the insights visible. */
@Injectable()
export class InsightSearchExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(InsightSearchRepository)
    private readonly searches: Pick<InsightSearchRepository, 'find' | 'finish' | 'lockLine'>,
    @Inject(PopulationReader) private readonly populations: Pick<PopulationReader, 'read'>,
    @Inject(SearchThread) private readonly thread: Pick<SearchThread, 'search'>,
    @Inject(InsightKeeper) private readonly keeper: Pick<InsightKeeper, 'prepare'>,
    @Inject(TrainingClient) private readonly training: Pick<TrainingClient, 'getRun'>,
    @Inject(InsightSearchEvents) private readonly events: Pick<InsightSearchEvents, 'ready'>,
  ) {}

  /** Throws `not-found` for a search or a run that was deleted, and the reason of the signal when that aborts. */
  async search(teamId: string, id: string, control: SearchControl): Promise<() => Promise<void>> {
    const stored = await this.unitOfWork.run(teamId, () => findOrThrow(this.searches, id, searchNotFound));
    control.progress(0, 'Read');
    const { recipe, remarks } = refreshRecipe(stored.recipe);
    const search = { ...stored, recipe };
    const { seed } = search.recipe;
    const read = await this.populations.read(teamId, search.source, { signal: control.signal, seed });
    const outcomes = await this.thread.search(read, search.recipe, control);
    control.signal.throwIfAborted();
    const keep = await this.keeper.prepare(teamId, search, read, outcomes);
    // Insights of a run that was deleted meanwhile would mark insights of earlier runs as fixed.
    await this.training.getRun(teamId, search.source.runId);
    const contents: SearchContents = {
      outcomes: outcomes.map(describeOutcome),
      searchedCount: read.population.n,
      remarks: [...remarks, ...read.remarks],
      ...(remarks.length > 0 && { recipe }),
    };
    return async () => {
      await this.searches.lockLine(search.lineId);
      const readyTime = new Date();
      await this.searches.finish(id, contents, readyTime);
      await keep();
      await this.events.ready(search, readyTime);
    };
  }
}

function describeOutcome(outcome: KindOutcome): SearchOutcome {
  const { key: kind, state } = outcome;
  const nothing = { tried: 0, found: 0, confirmed: 0, remarks: [], seconds: 0, reason: '' };
  const shared = { ...nothing, kind, title: insightKinds.get(kind).title, state };
  switch (outcome.state) {
    case 'skipped':
      return { ...shared, reason: outcome.reason };
    case 'failed':
      return { ...shared, fault: { reason: outcome.reason, message: outcome.message } };
    case 'done': {
      const { findings, tried, remarks } = outcome.report;
      const confirmed = findings.filter((finding) => finding.state === 'confirmed').length;
      return { ...shared, tried, remarks, found: findings.length, confirmed, seconds: outcome.seconds };
    }
  }
}
