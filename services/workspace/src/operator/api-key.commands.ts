import { create, toJson } from '@bufbuild/protobuf';
import {
  CreateApiKeyResponseSchema,
  RevokeApiKeyResponseSchema,
} from '@noema/contracts/noema/workspace/v1/api_key_service';
import { apiKeyMessage } from '../api-key/api-key.mapper.js';
import { ApiKeyService } from '../api-key/api-key.service.js';
import { MemberService } from '../member/member.service.js';
import { actorIn, type OperatorCommand } from './operator-command.js';
import { UsageError, wholeNumber } from './usage.js';

const ROLES = ['viewer', 'editor', 'admin'] as const;
const DAY_MS = 86_400_000;

const parseRole = (text: string | undefined): (typeof ROLES)[number] | undefined => {
  if (text === undefined) return undefined;
  const role = ROLES.find((known) => known === text);
  if (role === undefined) throw new UsageError(`--role "${text}" is not one of ${ROLES.join(', ')}`);
  return role;
};

export const createApiKey: OperatorCommand = {
  key: 'create-api-key',
  doc: 'makes an API key and prints it this once',
  options: {
    team: { required: true, value: 'UUID', doc: 'id of the team' },
    name: { required: true, value: 'TEXT', doc: 'what the key is for' },
    member: { value: 'UUID', doc: "who acts when it is used; the team's first admin without it" },
    role: { value: ROLES.join('|'), doc: "at most the member's, which it is without it" },
    days: { value: 'N', doc: 'how long it lives; without an end when left out' },
  },
  run: async (services, given) => {
    const actor = actorIn(given);
    const role = parseRole(given['role']);
    const expireTime =
      given['days'] === undefined
        ? undefined
        : new Date(Date.now() + Number(wholeNumber('days', given['days'])) * DAY_MS);
    const memberId = given['member'] ?? (await services.get(MemberService).firstAdmin(actor)).id;
    const { apiKey, secret } = await services.get(ApiKeyService).create(actor, {
      displayName: given['name']!,
      memberId,
      role,
      expireTime,
    });
    return toJson(
      CreateApiKeyResponseSchema,
      create(CreateApiKeyResponseSchema, { apiKey: apiKeyMessage(apiKey), secret }),
    );
  },
};

export const revokeApiKey: OperatorCommand = {
  key: 'revoke-api-key',
  doc: 'ends an API key at once',
  options: {
    team: { required: true, value: 'UUID', doc: 'id of the team' },
    key: { required: true, value: 'UUID', doc: 'id of the key' },
  },
  run: async (services, given) => {
    const apiKey = await services.get(ApiKeyService).revoke(actorIn(given), given['key']!);
    return toJson(
      RevokeApiKeyResponseSchema,
      create(RevokeApiKeyResponseSchema, { apiKey: apiKeyMessage(apiKey) }),
    );
  },
};
