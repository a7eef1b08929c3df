import { SessionService } from '@noema/contracts/noema/gateway/v1/session_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/** Signing in and out, and the teams of whoever is signed in; the first view does without. */
export const sessions = createRestClient(SessionService, restOptions);
