import { Inject } from '@nestjs/common';
import {
  type CreateServedModelRequest,
  type DeleteServedModelRequest,
  type GetServingCheckRequest,
  ServedModelService as Service,
  type SubmitModelResultRequest,
  type WatchModelQueriesRequest,
} from '@noema/contracts/noema/explanations/v1/served_model_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { isUuid } from '@noema/kernel';
import { MAX_DIFFERENCE } from '@noema/population/rules';
import { servedModelFailed, servedModelNotFound, servedResultMissing } from './served-model.errors.js';
import {
  decodeNumbers,
  decodeQuery,
  encodeNumbers,
  encodeResult,
  modelQueryMessage,
  servedModelMessage,
  toActivation,
} from './served-model.mapper.js';
import { ServedModelService } from './served-model.service.js';

/** Serves noema.explanations.v1.ServedModelService. */
@GrpcService(Service)
export class ServedModelController implements Handlers<typeof Service> {
  constructor(
    @Inject(ServedModelService) private readonly served: ServedModelService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  async getServingCheck(request: GetServingCheckRequest, { principal }: CallContext) {
    const { epoch, query, outputs, layers } = await this.served.check(principal.teamId, request);
    return {
      epoch,
      query: modelQueryMessage('', query),
      outputs: encodeNumbers(outputs),
      layers: layers.map(({ name, kind, units, positionDims }) => ({
        name,
        kind,
        unitCount: units,
        positionDims: [...positionDims],
      })),
      maxDifference: MAX_DIFFERENCE,
    };
  }

  async createServedModel(request: CreateServedModelRequest, ctx: CallContext) {
    const { check, scoreActivation } = request;
    if (check !== undefined && check.error !== '') throw servedModelFailed(check.error);
    const model = await this.served.plan(ctx.principal.teamId, request, {
      scores: decodeNumbers(check?.scores ?? new Uint8Array(), 'the scores'),
      activation: toActivation(scoreActivation),
    });
    return this.commands.run(ctx, request, async () => ({
      servedModel: servedModelMessage(await this.served.create(model)),
    }));
  }

  async *watchModelQueries(
    { servedModelId }: WatchModelQueriesRequest,
    { principal, signal, draining }: CallContext,
  ) {
    requireId(servedModelId);
    const ends = AbortSignal.any([signal, draining]);
    for await (const bytes of this.served.watch(principal.teamId, servedModelId, ends))
      yield bytes === undefined ? {} : { query: decodeQuery(bytes) };
  }

  async submitModelResult(
    { servedModelId, result }: SubmitModelResultRequest,
    { principal }: CallContext,
  ): Promise<Record<string, never>> {
    requireId(servedModelId);
    if (result === undefined || !isUuid(result.queryId)) throw servedResultMissing(result?.queryId ?? '');
    await this.served.submit(principal.teamId, servedModelId, result.queryId, encodeResult(result));
    return {};
  }

  async deleteServedModel(
    { servedModelId }: DeleteServedModelRequest,
    { principal }: CallContext,
  ): Promise<Record<string, never>> {
    requireId(servedModelId);
    await this.served.delete(principal.teamId, servedModelId);
    return {};
  }
}

function requireId(id: string): void {
  if (!isUuid(id)) throw servedModelNotFound(id);
}
