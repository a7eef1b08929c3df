import type { Provider } from '@nestjs/common';
import { PictureReader } from './picture.reader.js';
import { SampleObjectRunner } from './sample-object.runner.js';
import { SampleObjectService } from './sample-object.service.js';

/** Providers of the API that find the objects of a run. */
export const sampleObjectApi: Provider[] = [SampleObjectService];

/** Providers of the workers that make dataset versions of objects. */
export const sampleObjectWork: Provider[] = [PictureReader, SampleObjectRunner];
