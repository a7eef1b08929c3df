import { ApiKeyService } from '@noema/contracts/noema/workspace/v1/api_key_service';
import { AuditService } from '@noema/contracts/noema/workspace/v1/audit_service';
import { MemberService } from '@noema/contracts/noema/workspace/v1/member_service';
import { SecretService } from '@noema/contracts/noema/workspace/v1/secret_service';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { UsageService } from '@noema/contracts/noema/workspace/v1/usage_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/**
 * One client for each service of a team: members, keys, secrets, what was done. The pages of teams load them.
 */
export const apiKeys = createRestClient(ApiKeyService, restOptions);
export const auditEntries = createRestClient(AuditService, restOptions);
export const members = createRestClient(MemberService, restOptions);
export const secrets = createRestClient(SecretService, restOptions);
export const teams = createRestClient(TeamService, restOptions);
export const usage = createRestClient(UsageService, restOptions);
