import type { Provider } from '@nestjs/common';
import { SampleTableStore } from './sample-table.store.js';
import { SampleController } from './sample.controller.js';
import { SampleService } from './sample.service.js';

/** Providers of the API of samples. */
export const sampleApi: Provider[] = [SampleTableStore, SampleService, SampleController];
