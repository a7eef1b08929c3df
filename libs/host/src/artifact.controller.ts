import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { artifactRefMessage } from '@noema/contracts';
import {
  ArtifactService,
  type CreateArtifactDownloadRequest,
  type ReadArtifactRequest,
} from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { type ArtifactRef, DomainError } from '@noema/kernel';
import type { NamedArtifacts } from './named-artifacts.js';

/** Sources of the bytes of a service's artifacts. */
export interface ServedArtifacts {
  /** Name of the service in `/v1/{service}/artifacts`. */
  readonly service: string;
  readonly named: NamedArtifacts;
  readonly store: () => ArtifactStore;
}

/** Injection token of `ServedArtifacts`. */
export const SERVED_ARTIFACTS = Symbol('noema:served-artifacts');

const ADDRESS_SECONDS = 900;
/**
 * A stream buffers up to 16 messages at both ends for a reader that does not read: 4 MiB with pieces of this
 * size.
 */
const PIECE_BYTES = 128 * 1024;

/** Serves noema.artifacts.v1.ArtifactService for the service that provides `ServedArtifacts`. */
@GrpcService(ArtifactService)
export class ArtifactController implements Handlers<typeof ArtifactService> {
  constructor(@Inject(SERVED_ARTIFACTS) private readonly served: ServedArtifacts) {}

  async createArtifactDownload(request: CreateArtifactDownloadRequest, { principal }: CallContext) {
    const ref = await this.get(principal.teamId, request);
    const download = await this.served.store().presign(ref, ADDRESS_SECONDS);
    return {
      artifact: artifactRefMessage(ref),
      url: download?.url ?? '',
      ...(download && { expireTime: timestampFromDate(download.expiresAt) }),
    };
  }

  async *readArtifact(request: ReadArtifactRequest, { principal, signal }: CallContext) {
    const ref = await this.get(principal.teamId, request);
    const [from, limit] = [Number(request.offset), Number(request.limit)];
    if (from < 0 || from > ref.sizeBytes || limit < 0) {
      throw new DomainError(
        'invalid',
        'RANGE_INVALID',
        `offset ${from} and limit ${limit} do not lie within the ${ref.sizeBytes} bytes of ` +
          `"${ref.uri}"; give an offset from 0 to ${ref.sizeBytes} and a limit of 0 or more`,
      );
    }
    const to = limit === 0 ? ref.sizeBytes : Math.min(ref.sizeBytes, from + limit);
    for await (const data of this.served.store().openRead(ref, { from, to })) {
      signal.throwIfAborted();
      for (let at = 0; at < data.length; at += PIECE_BYTES)
        yield {
          body: { contentType: 'application/octet-stream', data: data.subarray(at, at + PIECE_BYTES) },
        };
    }
  }

  private async get(
    teamId: string,
    { service, uri }: { readonly service: string; readonly uri: string },
  ): Promise<ArtifactRef> {
    const { service: here, named } = this.served;
    if (service !== '' && service !== here)
      throw new DomainError(
        'not-found',
        'ARTIFACT_SERVICE_UNKNOWN',
        `service "${service}" does not keep its artifacts here; this is "${here}"`,
        { metadata: { service } },
      );
    const ref = await named.find(teamId, uri);
    if (ref === undefined)
      throw new DomainError(
        'not-found',
        'ARTIFACT_NOT_FOUND',
        `no resource of this team at ${here} names an artifact "${uri}"; take the uri from one of its ` +
          'resources',
        { metadata: { uri } },
      );
    return ref;
  }
}
