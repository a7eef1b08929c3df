import { MethodService } from '@noema/contracts/noema/methods/v1/method_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/** The client for what a service can do in more than one way. */
export const methods = createRestClient(MethodService, restOptions);
