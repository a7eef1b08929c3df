import { Inject } from '@nestjs/common';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { splitMessage } from '@noema/contracts';
import type { UnitSchema } from '@noema/contracts/noema/activations/v1/unit';
import {
  type GetUnitRequest, type GetUnitResponseSchema, type ListUnitsRequest, type ListUnitsResponseSchema, UnitService as Service,
} from '@noema/contracts/noema/activations/v1/unit_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import type { UnitPage } from '../domain/unit.js';
import { UnitService } from '../domain/unit.service.js';

/** Serves noema.activations.v1.UnitService. */
@GrpcService(Service)
export class UnitController implements Handlers<typeof Service> {
  constructor(@Inject(UnitService) private readonly units: UnitService) {}

  async listUnits(request: ListUnitsRequest, { principal }: CallContext): Promise<MessageInitShape<typeof ListUnitsResponseSchema>> {
    const { items, nextPageToken } = await this.units.list(principal.teamId, request.activationSetId, request.layer, request);
    return { units: items.map((unit) => ({ ...unit })), nextPageToken };
  }

  async getUnit(request: GetUnitRequest, { principal }: CallContext): Promise<MessageInitShape<typeof GetUnitResponseSchema>> {
    const options = { ...(request.bins !== 0 && { bins: request.bins }), ...(request.top !== 0 && { top: request.top }) };
    return { unit: toMessage(await this.units.get(principal.teamId, request.activationSetId, request.layer, request.unit, options)) };
  }

  async compareUnits(): Promise<never> {
    throw new DomainError('unsupported', 'NOT_BUILT', 'CompareUnits is declared and not built yet');
  }
}

const toMessage = (unit: UnitPage): MessageInitShape<typeof UnitSchema> => ({
  ...unit,
  histogram: unit.histogram.map((bin) => ({ ...bin })),
  topSamples: unit.topSamples.map(({ row, response, maxResponse, address }) => ({ row, response, maxResponse, ...(address && { sample: { split: splitMessage(address.split), sampleId: address.sampleId } }) })),
  classes: unit.classes.map((entry) => ({ ...entry })),
});
