import type { Provider } from '@nestjs/common';
import { SliceController } from './slice.controller.js';
import { SliceRepository } from './slice.repository.js';
import { SliceService } from './slice.service.js';

/** Providers of the API of slices. */
export const sliceApi: Provider[] = [SliceRepository, SliceService, SliceController];
