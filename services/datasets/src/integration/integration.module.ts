import type { Provider } from '@nestjs/common';
import { ObjectCopyService } from '../data/object-copy.service.js';
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
  ObjectCopyService,
  ...environmentApi,
  IntegrationController,
];
