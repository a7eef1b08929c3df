import type { Provider } from '@nestjs/common';
import { UploadChunkStore } from './upload-chunk.store.js';
import { UploadController } from './upload.controller.js';
import { UploadRepository } from './upload.repository.js';
import { UploadRunner } from './upload.runner.js';
import { UploadService } from './upload.service.js';

/** Providers of the API of uploads. */
export const uploadApi: Provider[] = [UploadRepository, UploadChunkStore, UploadService, UploadController];

/** Providers of the workers that make dataset versions of uploads. */
export const uploadWork: Provider[] = [UploadRepository, UploadChunkStore, UploadRunner];
