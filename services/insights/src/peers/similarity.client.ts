import { Inject, Injectable } from '@nestjs/common';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { NeighborGraphService } from '@noema/contracts/noema/similarity/v1/neighbor_graph_service';
import { ServiceClients } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';

/** The graph of a set: its file, on its way, or none that will come. */
export type GraphOutlook = ArtifactRef | 'coming' | 'absent';

/** Queries the similarity service for neighbour graphs. */
@Injectable()
export class SimilarityClient {
  constructor(@Inject(ServiceClients) private readonly clients: ServiceClients) {}

  async findGraph(teamId: string, projectId: string, activationSetId: string): Promise<GraphOutlook> {
    const { neighborGraphs } = await this.clients
      .of(NeighborGraphService, teamId)
      .listNeighborGraphs({ projectId, activationSetId, pageSize: 1 });
    const [graph] = neighborGraphs;
    if (graph?.state === JobState.SUCCEEDED)
      return parseArtifactRef(graph.artifact, 'neighbor_graph.artifact');
    return graph?.state === JobState.FAILED || graph?.state === JobState.CANCELLED ? 'absent' : 'coming';
  }
}
