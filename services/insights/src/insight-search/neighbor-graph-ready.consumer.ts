import { Inject, Injectable } from '@nestjs/common';
import type { NeighborGraphReady as Body } from '@noema/contracts/noema/similarity/v1/neighbor_graph_events';
import { type EventMeta, NeighborGraphReady } from '@noema/events';
import { EventConsumer } from '@noema/host';
import { InsightSearchService } from './insight-search.service.js';

/** Searches the run of a neighbour graph, if it has succeeded and the graph is of its last epoch. */
@Injectable()
export class NeighborGraphReadyConsumer extends EventConsumer<typeof NeighborGraphReady.schema> {
  readonly consumer = 'insights__neighbor_graph_ready';
  readonly event = NeighborGraphReady;
  override readonly maxDeliveries = 1_440;

  constructor(@Inject(InsightSearchService) private readonly searches: InsightSearchService) {
    super();
  }

  async handle({ runId }: Body, { teamId }: EventMeta): Promise<void> {
    await this.searches.searchFinishedRun(teamId, runId);
  }
}
