import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/** One client for the responses of models and one for all jobs; the first view starts and follows none. */
export const activationSets = createRestClient(ActivationSetService, restOptions);
export const jobs = createRestClient(JobService, restOptions);
