import { Inject } from '@nestjs/common';
import { artifactRefMessage } from '@noema/contracts';
import {
  type CheckIntegrationRequest,
  type CopyObjectsRequest,
  type CreateIntegrationRequest,
  type DeleteIntegrationRequest,
  type FindWheelPartsRequest,
  type GetIntegrationRequest,
  type GetPythonInterpreterRequest,
  IntegrationService as Service,
  type ListIntegrationsRequest,
  type ProposeManifestRequest,
  type UploadBundleRequest,
  type UploadWheelPartRequest,
} from '@noema/contracts/noema/datasets/v1/integration_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { ObjectCopyService } from '../data/object-copy.service.js';
import { readOptions, readParts, proposalMessage } from '../data/proposal.mapper.js';
import { ProposalService } from '../data/proposal.service.js';
import { EnvironmentService } from '../environment/environment.service.js';
import {
  integrationMessage,
  pythonMessage,
  reportMessage,
  parseSource,
  toWheel,
} from './integration.mapper.js';
import { IntegrationService } from './integration.service.js';

/** Serves noema.datasets.v1.IntegrationService. */
@GrpcService(Service)
export class IntegrationController implements Handlers<typeof Service> {
  constructor(
    @Inject(IntegrationService) private readonly integrations: IntegrationService,
    @Inject(EnvironmentService) private readonly environments: EnvironmentService,
    @Inject(ProposalService) private readonly proposals: ProposalService,
    @Inject(ObjectCopyService) private readonly copies: ObjectCopyService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  async createIntegration(request: CreateIntegrationRequest, ctx: CallContext) {
    const { teamId } = ctx.principal;
    const draft = await this.integrations.prepare(
      teamId,
      { ...request, source: parseSource(request.source), wheels: request.wheels.map(toWheel) },
      ctx.signal,
    );
    return this.commands.run(ctx, request, async () => ({
      integration: integrationMessage(await this.integrations.create(teamId, draft)),
    }));
  }

  async uploadBundle({ projectId, content }: UploadBundleRequest, { principal }: CallContext) {
    return {
      bundle: artifactRefMessage(await this.integrations.upload(principal.teamId, projectId, content)),
    };
  }

  async getPythonInterpreter({ projectId }: GetPythonInterpreterRequest, { principal }: CallContext) {
    return { interpreter: pythonMessage(await this.environments.describe(principal.teamId, projectId)) };
  }

  async findWheelParts({ projectId, sha256 }: FindWheelPartsRequest, { principal }: CallContext) {
    const parts = await this.environments.findParts(principal.teamId, projectId, sha256);
    return { parts: parts.map(artifactRefMessage) };
  }

  async uploadWheelPart({ projectId, content }: UploadWheelPartRequest, { principal }: CallContext) {
    return {
      part: artifactRefMessage(await this.environments.addPart(principal.teamId, projectId, content)),
    };
  }

  async copyObjects(request: CopyObjectsRequest, { principal, signal }: CallContext) {
    const { parts, sizeBytes, ...copied } = await this.copies.copy(principal.teamId, request, signal);
    return { ...copied, parts: parts.map(artifactRefMessage), sizeBytes: BigInt(sizeBytes) };
  }

  async getIntegration({ integrationId }: GetIntegrationRequest, { principal }: CallContext) {
    return { integration: integrationMessage(await this.integrations.get(principal.teamId, integrationId)) };
  }

  async listIntegrations(request: ListIntegrationsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.integrations.list(
      principal.teamId,
      request.projectId,
      request,
    );
    return { integrations: items.map(integrationMessage), nextPageToken };
  }

  async deleteIntegration({ integrationId }: DeleteIntegrationRequest, { principal }: CallContext) {
    await this.integrations.delete(principal.teamId, integrationId);
    return {};
  }

  async checkIntegration(
    { integrationId, samplesPerSplit }: CheckIntegrationRequest,
    { principal, signal }: CallContext,
  ) {
    return {
      report: reportMessage(
        await this.integrations.check(principal.teamId, integrationId, samplesPerSplit, signal),
      ),
    };
  }

  async proposeManifest(request: ProposeManifestRequest, { principal, signal }: CallContext) {
    const [parts, options] = [readParts(request), readOptions(request)];
    return {
      proposal: proposalMessage(
        await this.proposals.propose(principal.teamId, request.projectId, parts, options, signal),
      ),
    };
  }
}
