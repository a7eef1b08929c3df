import { Inject, Injectable } from '@nestjs/common';
import type { Job } from '@noema/jobs';
import { hasEnded, type Port, type UnitOfWork, uuidv7 } from '@noema/kernel';
import { defaultProjection } from '@noema/manifold';
import { Database } from '@noema/postgres';
import { defaultClustering } from '../clustering/cluster-methods.js';
import { type Exploration, type Line, USUAL_MEASURES } from '../exploration/exploration.js';
import { ExplorationRepository } from '../exploration/exploration.repository.js';
import { MAP, MapQueue } from '../map/map.queue.js';
import type { NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import { NeighborGraphRepository } from '../neighbor-graph/neighbor-graph.repository.js';
import { ActivationsClient, type SetOutlook } from '../peers/activations.client.js';
import { LineageQueue } from './lineage.queue.js';

/**
 * How often a map asks after the one before it: an announcement that is late is not missing, one that is
 * coming is waited for some ten minutes.
 */
const PATIENCE: Readonly<Record<SetOutlook, number>> = { failed: 0, skipped: 0, absent: 4, coming: 25 };

/**
 * The maps that are made automatically after every epoch. Each starts from the map of the epoch before, so
 * that points hold still; so it begins when that one has ended, whichever way and whenever that is, and what
 * comes out does not depend on who was faster.
 */
@Injectable()
export class LineageService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(NeighborGraphRepository) private readonly graphs: Port<NeighborGraphRepository>,
    @Inject(ExplorationRepository) private readonly explorations: Port<ExplorationRepository>,
    @Inject(MapQueue) private readonly maps: Pick<MapQueue, 'queue' | 'cancel'>,
    @Inject(LineageQueue) private readonly looks: Port<LineageQueue>,
    @Inject(ActivationsClient) private readonly sets: Pick<ActivationsClient, 'setOutlook'>,
  ) {}

  /**
   * A graph became visible: its map is made, now or after the one before it. The maps of epochs that its branch has
   * replaced are deleted.
   */
  async graphReady(graph: NeighborGraphRecord): Promise<void> {
    const { unitOfWork, graphs, explorations, looks, maps } = this;
    await unitOfWork.run(graph.teamId, async () => {
      await explorations.lockLine(graph);
      if (graph.branch > 0)
        for (const jobId of await graphs.deleteReplaced(graph)) await maps.cancel(graph.teamId, jobId);
      if (await graphs.isReplaced(graph)) return;
      await graphs.save(graph);
      if ((await explorations.findAutomatic(graph, graph.epoch)) !== undefined) return;
      const id = uuidv7();
      await explorations.insert({
        id,
        graph,
        algorithm: defaultProjection.key,
        params: {},
        dimensions: 2,
        seed: undefined,
        alignedTo: undefined,
        automatic: true,
        clusterCount: 0,
        clusterMethod: defaultClustering.key,
        minClusterSize: 0,
        measures: USUAL_MEASURES,
      });
      const before = graph.epoch <= 1 ? undefined : await explorations.findAutomatic(graph, graph.epoch - 1);
      if (before !== undefined && !hasEnded(before.state)) return; // its end begins ours
      if (before === undefined && graph.epoch > 1) await looks.queue(graph.teamId, id, 0);
      else await this.begin(graph.teamId, id, before);
    });
  }

  /** Lets the map after one begin whose job ended; both in the transaction that ends the job. */
  async settled(job: Job): Promise<void> {
    if (job.kind !== MAP) return;
    const exploration = await this.explorations.findByJob(job.id);
    if (exploration !== undefined) await this.ended(job.teamId, exploration, exploration);
  }

  /**
   * A map of a line ended: the next one may begin. `made` is what it can start from. Acts in the transaction
   * of that end.
   */
  async ended(
    teamId: string,
    { runId, perceptionSpaceId, epoch, automatic }: Exploration,
    made: Exploration | undefined,
  ): Promise<void> {
    if (!automatic) return;
    const line: Line = { runId, perceptionSpaceId };
    await this.explorations.lockLine(line);
    const next = await this.explorations.findAutomatic(line, epoch + 1);
    if (next !== undefined && next.jobId === undefined) await this.begin(teamId, next.id, made);
  }

  /**
   * Decides about a map that waits for a map that this service does not know: it starts without it, or looks
   * again later.
   */
  async look(teamId: string, explorationId: string, tries: number): Promise<void> {
    const { unitOfWork, explorations, looks, sets } = this;
    const waiting = await unitOfWork.run(teamId, () => explorations.find(explorationId));
    if (waiting === undefined || waiting.jobId !== undefined) return;
    // A peer that is away is asked again: it alone knows.
    const outlook = await sets.setOutlook(teamId, waiting, waiting.epoch - 1).catch(() => 'coming' as const);
    await unitOfWork.run(teamId, async () => {
      await explorations.lockLine(waiting);
      const [now, before] = [
        await explorations.find(explorationId),
        await explorations.findAutomatic(waiting, waiting.epoch - 1),
      ];
      if (now === undefined || now.jobId !== undefined) return;
      if (before !== undefined) {
        if (hasEnded(before.state)) await this.begin(teamId, explorationId, before);
        return;
      }
      const patience = PATIENCE[outlook];
      if (tries < patience) await looks.queue(teamId, explorationId, tries + 1);
      else await this.begin(teamId, explorationId, undefined);
    });
  }

  private async begin(teamId: string, id: string, before: Exploration | undefined): Promise<void> {
    const alignedTo = before?.state === 'succeeded' ? before.id : undefined;
    await this.explorations.begin(id, await this.maps.queue(teamId, id), alignedTo);
  }
}
