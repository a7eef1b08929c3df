import type { Provider } from '@nestjs/common';
import { ProposalService } from '../data/proposal.service.js';
import { environmentApi } from '../environment/environment.module.js';
import { CheckTurns } from './check.turns.js';
import { IntegrationController } from './integration.controller.js';
import { IntegrationRepository } from './integration.repository.js';
import { IntegrationService } from './integration.service.js';

/** Providers of the API of integrations. */
export const integrationApi: Provider[] = [
  IntegrationRepository,
  CheckTurns,
  IntegrationService,
  ProposalService,
  ...environmentApi,
  IntegrationController,
];
