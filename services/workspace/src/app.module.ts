import type { DynamicModule } from '@nestjs/common';
import { TokenSigner } from '@noema/auth';
import { type Host, HostModule } from '@noema/host';
import { ApiKeyController } from './api-key/api-key.controller.js';
import { AuditRecordedConsumer } from './audit/audit-recorded.consumer.js';
import { AuditController } from './audit/audit.controller.js';
import type { WorkspaceConfig } from './config.js';
import { IdentityController } from './identity/identity.controller.js';
import { IdentityService } from './identity/identity.service.js';
import { MemberController } from './member/member.controller.js';
import { ProjectController } from './project/project.controller.js';
import { SecretController } from './secret/secret.controller.js';
import { SessionRepository } from './session/session.repository.js';
import { SessionService } from './session/session.service.js';
import { sharedProviders } from './shared.providers.js';
import { TeamController } from './team/team.controller.js';
import { TokenController } from './token/token.controller.js';
import { TokenService } from './token/token.service.js';
import { UsageController } from './usage/usage.controller.js';
import { UsageRepository } from './usage/usage.repository.js';
import { UsageService } from './usage/usage.service.js';

/** The API of the workspace service. */
export class AppModule {
  static register(host: Host<WorkspaceConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [HostModule.register(host)],
      providers: [
        ...sharedProviders,
        { provide: TokenSigner, useFactory: () => host.signer() },
        TeamController,
        MemberController,
        ApiKeyController,
        ProjectController,
        SessionRepository,
        SessionService,
        TokenService,
        TokenController,
        IdentityService,
        IdentityController,
        SecretController,
        AuditController,
        AuditRecordedConsumer,
        UsageRepository,
        UsageService,
        UsageController,
      ],
    };
  }
}
