import type { DynamicModule } from '@nestjs/common';
import { apiKeyInvalid, apiKeyMatches, apiKeyPrefix, newApiKey } from '@noema/auth';
import { type Host, HostModule } from '@noema/host';
import { systemClock } from '@noema/kernel';
import type { WorkspaceConfig } from './config.js';
import { AesSealer } from './crypto/aes-sealer.js';
import { ApiKeys } from './domain/api-key.service.js';
import { AuditReader } from './domain/audit.service.js';
import { Members } from './domain/member.service.js';
import { Projects } from './domain/project.service.js';
import { Secrets } from './domain/secret.service.js';
import { SignIn } from './domain/sign-in.service.js';
import { Teams } from './domain/team.service.js';
import { ApiKeyController } from './grpc/api-key.controller.js';
import { AuditController } from './grpc/audit.controller.js';
import { MemberController } from './grpc/member.controller.js';
import { ProjectController } from './grpc/project.controller.js';
import { SecretController } from './grpc/secret.controller.js';
import { TeamController } from './grpc/team.controller.js';
import { TokenController } from './grpc/token.controller.js';
import { PostgresApiKeys } from './postgres/api-key.repository.js';
import { PostgresAuditLog } from './postgres/audit.log.js';
import { PostgresMembers } from './postgres/member.repository.js';
import { PostgresProjects } from './postgres/project.repository.js';
import type { WorkspaceSchema } from './postgres/schema.js';
import { PostgresSecrets } from './postgres/secret.repository.js';
import { PostgresTeams } from './postgres/team.repository.js';

/** The wiring of the workspace service: every port and its adapter. */
export class AppModule {
  static register(host: Host<WorkspaceConfig>): DynamicModule {
    const work = host.database<WorkspaceSchema>();
    const [teams, members, keys, projects, audit] = [new PostgresTeams(work), new PostgresMembers(work), new PostgresApiKeys(work), new PostgresProjects(work), new PostgresAuditLog(work)];
    const mint = { create: newApiKey, prefixOf: apiKeyPrefix, matches: apiKeyMatches };
    const clock = systemClock;
    const apiKeys = new ApiKeys(work, keys, members, mint, audit, clock);
    return {
      module: AppModule,
      imports: [HostModule.register(host)],
      providers: [
        { provide: Teams, useValue: new Teams(work, teams, members, apiKeys, audit, clock) },
        { provide: Members, useValue: new Members(work, members, teams, audit, clock) },
        { provide: ApiKeys, useValue: apiKeys },
        { provide: Projects, useValue: new Projects(work, projects, teams, audit, clock) },
        { provide: SignIn, useValue: new SignIn({ work, directory: keys, keys, members, teams, mint, issuer: host.signer(), clock, refused: apiKeyInvalid }) },
        { provide: Secrets, useValue: new Secrets(work, new PostgresSecrets(work), new AesSealer(host.config.secretsKey), audit, clock) },
        { provide: AuditReader, useValue: new AuditReader(work, audit) },
        TeamController, MemberController, ApiKeyController, ProjectController, TokenController, SecretController, AuditController,
      ],
    };
  }
}
