import type { Provider } from '@nestjs/common';
import { ApiKeyRepository } from './api-key/api-key.repository.js';
import { ApiKeyService } from './api-key/api-key.service.js';
import { AuditRepository } from './audit/audit.repository.js';
import { AuditService } from './audit/audit.service.js';
import { EnvelopeSealer } from './crypto/envelope-sealer.js';
import { IdentityRepository } from './identity/identity.repository.js';
import { MemberRepository } from './member/member.repository.js';
import { MemberService } from './member/member.service.js';
import { ProjectEvents } from './project/project.events.js';
import { ProjectRepository } from './project/project.repository.js';
import { ProjectService } from './project/project.service.js';
import { SecretRepository } from './secret/secret.repository.js';
import { SecretService } from './secret/secret.service.js';
import { TeamEvents } from './team/team.events.js';
import { TeamRepository } from './team/team.repository.js';
import { TeamService } from './team/team.service.js';

/** Providers of the API and of the commands of the operator. */
export const sharedProviders: Provider[] = [
  TeamRepository,
  TeamEvents,
  TeamService,
  MemberRepository,
  MemberService,
  IdentityRepository,
  ApiKeyRepository,
  ApiKeyService,
  ProjectRepository,
  ProjectEvents,
  ProjectService,
  SecretRepository,
  EnvelopeSealer,
  SecretService,
  AuditRepository,
  AuditService,
];
