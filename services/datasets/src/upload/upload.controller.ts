import { Inject } from '@nestjs/common';
import {
  type AddUploadChunkRequest,
  type CreateUploadRequest,
  type GetUploadRequest,
  UploadService as Service,
} from '@noema/contracts/noema/datasets/v1/upload_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { uploadInvalid } from './upload.errors.js';
import { chunkBytes, toManifest, uploadMessage } from './upload.mapper.js';
import { UploadService } from './upload.service.js';

/** Serves noema.datasets.v1.UploadService. */
@GrpcService(Service)
export class UploadController implements Handlers<typeof Service> {
  constructor(@Inject(UploadService) private readonly uploads: UploadService) {}

  async createUpload({ projectId, manifest }: CreateUploadRequest, { principal }: CallContext) {
    return {
      upload: uploadMessage(await this.uploads.create(principal.teamId, projectId, toManifest(manifest))),
    };
  }

  async addUploadChunk({ uploadId, index, chunk }: AddUploadChunkRequest, { principal }: CallContext) {
    if (chunk === undefined) throw uploadInvalid('chunk', undefined, 'given');
    await this.uploads.add(principal.teamId, uploadId, index, chunk, chunkBytes(chunk));
    return {};
  }

  async getUpload({ uploadId }: GetUploadRequest, { principal }: CallContext) {
    return { upload: uploadMessage(await this.uploads.get(principal.teamId, uploadId)) };
  }
}
