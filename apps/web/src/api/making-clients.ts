import { IntegrationService } from '@noema/contracts/noema/datasets/v1/integration_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/** One client for each service of what users bring in addition to data: models and integrations. */
export const models = createRestClient(ModelService, restOptions);
export const integrations = createRestClient(IntegrationService, restOptions);
