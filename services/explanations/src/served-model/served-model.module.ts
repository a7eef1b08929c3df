import type { Provider } from '@nestjs/common';
import { ModelExchange } from './model-exchange.js';
import { ServedModelController } from './served-model.controller.js';
import { ServedModelService } from './served-model.service.js';
import { ServedModelSignal } from './served-model.signal.js';

/** Providers of the API of served models. */
export const servedModelApi: Provider[] = [ServedModelSignal, ServedModelService, ServedModelController];

/** Providers of the workers that ask served models. */
export const servedModelWork: Provider[] = [ServedModelSignal, ModelExchange];
