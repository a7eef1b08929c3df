import type { DynamicModule } from '@nestjs/common';
import { apiKeyInvalid } from '@noema/auth';
import { type Host, HostModule } from '@noema/host';
import type { WorkspaceConfig } from './config.js';
import { ApiKeys } from './domain/api-key.service.js';
import { AuditReader } from './domain/audit.service.js';
import { Identities } from './domain/identity.service.js';
import { Members } from './domain/member.service.js';
import { Projects } from './domain/project.service.js';
import { Secrets } from './domain/secret.service.js';
import { Sessions } from './domain/session.service.js';
import { SignIn } from './domain/sign-in.service.js';
import { Teams } from './domain/team.service.js';
import { Usage } from './domain/usage.service.js';
import { AuditRecordedConsumer } from './events/audit-recorded.consumer.js';
import { ApiKeyController } from './grpc/api-key.controller.js';
import { AuditController } from './grpc/audit.controller.js';
import { IdentityController } from './grpc/identity.controller.js';
import { MemberController } from './grpc/member.controller.js';
import { ProjectController } from './grpc/project.controller.js';
import { SecretController } from './grpc/secret.controller.js';
import { TeamController } from './grpc/team.controller.js';
import { TokenController } from './grpc/token.controller.js';
import { UsageController } from './grpc/usage.controller.js';
import type { WorkspaceSchema } from './postgres/schema.js';
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
