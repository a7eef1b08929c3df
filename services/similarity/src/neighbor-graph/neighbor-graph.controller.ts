import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import {
  type GetNeighborGraphRequest,
  type GetNeighborGraphResponseSchema,
  type ListNeighborGraphsRequest,
  type ListNeighborGraphsResponseSchema,
  NeighborGraphService,
} from '@noema/contracts/noema/similarity/v1/neighbor_graph_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Indexing } from '../vector-index/vector-index.service.js';
import { graphMessage } from '../vector-index/vector-index.mapper.js';

@GrpcService(NeighborGraphService)
export class NeighborGraphController implements Handlers<typeof NeighborGraphService> {
  constructor(@Inject(Indexing) private readonly indexing: Indexing) {}

  async getNeighborGraph(
    { neighborGraphId }: GetNeighborGraphRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetNeighborGraphResponseSchema>> {
    return { neighborGraph: graphMessage(await this.indexing.graph(principal.teamId, neighborGraphId)) };
  }

  async listNeighborGraphs(
    request: ListNeighborGraphsRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListNeighborGraphsResponseSchema>> {
    const { items, nextPageToken } = await this.indexing.listGraphs(principal.teamId, request, request);
    return { neighborGraphs: items.map(graphMessage), nextPageToken };
  }
}
