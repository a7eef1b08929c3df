import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import { artifactRefMessage } from '@noema/contracts';
import {
  NeighborMethod as MethodMessage,
  type NeighborGraphSchema,
} from '@noema/contracts/noema/similarity/v1/neighbor_graph';
import {
  type GetNeighborGraphRequest,
  type GetNeighborGraphResponseSchema,
  type ListNeighborGraphsRequest,
  type ListNeighborGraphsResponseSchema,
  NeighborGraphService as Service,
} from '@noema/contracts/noema/similarity/v1/neighbor_graph_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { jobResourceMessage } from '@noema/jobs';
import type { NeighborGraphRecord, NeighborMethod } from './neighbor-graph.js';
import { NeighborGraphService } from './neighbor-graph.service.js';

const METHODS: Readonly<Record<NeighborMethod, MethodMessage>> = {
  exact: MethodMessage.EXACT,
  'nn-descent': MethodMessage.NN_DESCENT,
};

/** Serves noema.similarity.v1.NeighborGraphService. */
@GrpcService(Service)
export class NeighborGraphController implements Handlers<typeof Service> {
  constructor(@Inject(NeighborGraphService) private readonly graphs: NeighborGraphService) {}

  async getNeighborGraph(
    { neighborGraphId }: GetNeighborGraphRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetNeighborGraphResponseSchema>> {
    return { neighborGraph: toMessage(await this.graphs.get(principal.teamId, neighborGraphId)) };
  }

  async listNeighborGraphs(
    request: ListNeighborGraphsRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListNeighborGraphsResponseSchema>> {
    const { items, nextPageToken } = await this.graphs.list(principal.teamId, request, request);
    return { neighborGraphs: items.map(toMessage), nextPageToken };
  }
}

const toMessage = (graph: NeighborGraphRecord): MessageInitShape<typeof NeighborGraphSchema> => ({
  ...jobResourceMessage(graph),
  projectId: graph.projectId,
  activationSetId: graph.activationSetId,
  sampleCount: graph.sampleCount,
  k: graph.k,
  recall: graph.recall,
  method: METHODS[graph.method],
  ...(graph.artifact && { artifact: artifactRefMessage(graph.artifact) }),
});
