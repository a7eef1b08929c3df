import { hasEnded, type UnitOfWork, uuidv7 } from '@noema/kernel';
import { defaultProjection } from '@noema/manifold';
import { defaultClustering } from './cluster-methods.js';
import { type Exploration, USUAL_MEASURES } from './exploration.js';
import type {
  ExplorationRepository,
  GraphRepository,
  Line,
  MapQueue,
  Peers,
  SetOutlook,
} from './exploration.ports.js';
import type { GraphRecord } from './neighbor-graph.js';

export interface LineagePorts {
  readonly work: UnitOfWork;
  readonly graphs: GraphRepository;
  readonly explorations: ExplorationRepository;
  readonly queue: MapQueue;
}

/**
 * How often a map asks after the one before it: an announcement that is late is not missing, one that is
 * coming is waited for some ten minutes.
 */
const PATIENCE: Readonly<Record<SetOutlook, number>> = { failed: 0, skipped: 0, absent: 4, coming: 25 };

/**
 * The maps that are made after every epoch without being asked for. Each starts from the map of the epoch
 * before, so that points hold still; so it begins when that one has ended, whichever way and whenever that
 * is, and what comes out does not depend on who was faster.
 */
export class Lineage {
  constructor(private readonly ports: LineagePorts) {}

  /** A graph became visible: its map is made, now or after the one before it. */
  async graphReady(graph: GraphRecord): Promise<void> {
    const { work, graphs, explorations, queue } = this.ports;
    await work.run(graph.teamId, async () => {
      await graphs.save(graph);
      await explorations.lockLine(graph);
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
      if (before === undefined && graph.epoch > 1) await queue.look(graph.teamId, id, 0);
      else await this.begin(graph.teamId, id, before);
    });
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
    await this.ports.explorations.lockLine(line);
    const next = await this.ports.explorations.findAutomatic(line, epoch + 1);
    if (next !== undefined && next.jobId === undefined) await this.begin(teamId, next.id, made);
  }

  /**
   * Decides about a map that waits for one that nobody has heard of: it begins without, or looks again later.
   */
  async look(teamId: string, explorationId: string, tries: number, peers: Peers): Promise<void> {
    const { work, explorations, queue } = this.ports;
    const waiting = await work.run(teamId, () => explorations.find(explorationId));
    if (waiting === undefined || waiting.jobId !== undefined) return;
    // A peer that is away is asked again: it alone knows.
    const outlook = await peers.setOutlook(teamId, waiting, waiting.epoch - 1).catch(() => 'coming' as const);
    await work.run(teamId, async () => {
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
      if (tries < patience) await queue.look(teamId, explorationId, tries + 1);
      else await this.begin(teamId, explorationId, undefined);
    });
  }

  private async begin(teamId: string, id: string, before: Exploration | undefined): Promise<void> {
    const alignedTo = before?.state === 'succeeded' ? before.id : undefined;
    await this.ports.explorations.begin(id, await this.ports.queue.make(teamId, id), alignedTo);
  }
}
