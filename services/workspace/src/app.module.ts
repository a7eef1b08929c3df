import type { DynamicModule } from '@nestjs/common';
import { apiKeyInvalid } from '@noema/auth';
import { type Host, HostModule } from '@noema/host';
import type { WorkspaceConfig } from './config.js';
import { ApiKeys } from './api-key/api-key.service.js';
import { AuditReader } from './audit/audit.service.js';
import { Identities } from './identity/identity.service.js';
import { Members } from './member/member.service.js';
import { Projects } from './project/project.service.js';
import { Secrets } from './secret/secret.service.js';
import { Sessions } from './session/session.service.js';
import { SignIn } from './token/token.service.js';
import { Teams } from './team/team.service.js';
import { Usage } from './usage/usage.service.js';
import { AuditRecordedConsumer } from './audit/audit.consumer.js';
import { ApiKeyController } from './api-key/api-key.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { IdentityController } from './identity/identity.controller.js';
import { MemberController } from './member/member.controller.js';
import { ProjectController } from './project/project.controller.js';
import { SecretController } from './secret/secret.controller.js';
import { TeamController } from './team/team.controller.js';
import { TokenController } from './token/token.controller.js';
import { UsageController } from './usage/usage.controller.js';
import type { WorkspaceSchema } from './schema.js';
import { useCases } from './use-cases.js';

/**
 * The wiring of the workspace service: every use case and its controller; use-cases.ts has their adapters.
 */
export class AppModule {
  static register(host: Host<WorkspaceConfig>): DynamicModule {
    const made = useCases({
      work: host.database<WorkspaceSchema>(),
      secretsKey: host.config.secretsKey,
      adminsSetQuotas: host.config.adminsSetQuotas,
      teamRequestsPerMinute: host.config.teamRequestsPerMinute,
      teamRunningJobs: host.config.teamRunningJobs,
    });
    return {
      module: AppModule,
      imports: [HostModule.register(host)],
      providers: [
        { provide: Teams, useValue: made.teams },
        { provide: Members, useValue: made.members },
        { provide: ApiKeys, useValue: made.apiKeys },
        { provide: Projects, useValue: made.projects },
        { provide: Sessions, useValue: made.sessions },
        {
          provide: SignIn,
          useValue: new SignIn({ ...made.signInPorts, issuer: host.signer(), refused: apiKeyInvalid }),
        },
        { provide: Identities, useValue: new Identities({ ...made.identityPorts, issuer: host.signer() }) },
        { provide: Secrets, useValue: made.secrets },
        { provide: AuditReader, useValue: made.audit },
        { provide: Usage, useValue: made.usage },
        TeamController,
        MemberController,
        ApiKeyController,
        ProjectController,
        TokenController,
        IdentityController,
        SecretController,
        AuditController,
        UsageController,
        AuditRecordedConsumer,
      ],
    };
  }
}
