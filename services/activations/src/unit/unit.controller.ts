import { Inject } from '@nestjs/common';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { splitMessage } from '@noema/contracts';
import type { UnitSchema } from '@noema/contracts/noema/activations/v1/unit';
import {
  type CompareUnitsRequest,
  type CompareUnitsResponseSchema,
  type GetUnitRequest,
  type GetUnitResponseSchema,
  type ListUnitsRequest,
  type ListUnitsResponseSchema,
  UnitService as Service,
} from '@noema/contracts/noema/activations/v1/unit_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import type { UnitPage } from './unit.js';
import { UnitComparisonService } from '../unit-comparison/unit-comparison.service.js';
import { UnitService } from './unit.service.js';

/** Serves noema.activations.v1.UnitService. */
@GrpcService(Service)
export class UnitController implements Handlers<typeof Service> {
  constructor(
    @Inject(UnitService) private readonly units: UnitService,
    @Inject(UnitComparisonService) private readonly comparisons: UnitComparisonService,
  ) {}

  async listUnits(
    request: ListUnitsRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof ListUnitsResponseSchema>> {
    if (request.withResponses) {
      const { items, nextPageToken } = await this.units.listPages(
        principal.teamId,
        request.activationSetId,
        request.layer,
        request,
      );
      return { units: items.map(toMessage), nextPageToken };
    }
    const { items, nextPageToken } = await this.units.list(
      principal.teamId,
      request.activationSetId,
      request.layer,
      request,
    );
    return { units: items.map((unit) => ({ ...unit })), nextPageToken };
  }

  async getUnit(
    request: GetUnitRequest,
    { principal }: CallContext,
  ): Promise<MessageInitShape<typeof GetUnitResponseSchema>> {
    const options = {
      ...(request.bins !== 0 && { bins: request.bins }),
      ...(request.top !== 0 && { top: request.top }),
    };
    return {
      unit: toMessage(
        await this.units.get(principal.teamId, request.activationSetId, request.layer, request.unit, options),
      ),
    };
  }

  async compareUnits(
    { activationSetId, selection, layers, top }: CompareUnitsRequest,
    { principal, signal }: CallContext,
  ): Promise<MessageInitShape<typeof CompareUnitsResponseSchema>> {
    const { units, selectedCount, restCount } = await this.comparisons.compare(
      principal.teamId,
      activationSetId,
      { selection, layers, signal, ...(top !== 0 && { top }) },
    );
    return {
      units: units.map(({ layer, unit, selectedMean, restMean, effect }) => ({
        layer,
        unit,
        selectedMean,
        restMean,
        effect,
      })),
      selectedCount,
      restCount,
    };
  }
}

const toMessage = (unit: UnitPage): MessageInitShape<typeof UnitSchema> => ({
  ...unit,
  histogram: unit.histogram.map((bin) => ({ ...bin })),
  topSamples: unit.topSamples.map(({ row, response, maxResponse, address }) => ({
    row,
    response,
    maxResponse,
    ...(address && { sample: { split: splitMessage(address.split), sampleId: address.sampleId } }),
  })),
  classes: unit.classes.map((entry) => ({ ...entry, counts: [...entry.counts] })),
  metadata: unit.metadata.map((entry) => ({ ...entry })),
});
