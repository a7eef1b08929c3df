import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ApiKeySchema } from '@noema/contracts/noema/workspace/v1/api_key';
import type { ApiKey } from './api-key.js';
import { roleMessage } from '../member/member.mapper.js';

/** Never the hash. */
export const apiKeyMessage = (k: ApiKey): MessageInitShape<typeof ApiKeySchema> => ({
  id: k.id,
  displayName: k.displayName,
  memberId: k.memberId,
  role: roleMessage(k.role),
  prefix: k.prefix,
  createTime: timestampFromDate(k.createdAt),
  ...(k.expiresAt && { expireTime: timestampFromDate(k.expiresAt) }),
  ...(k.lastUsedAt && { lastUseTime: timestampFromDate(k.lastUsedAt) }),
  ...(k.revokedAt && { revokeTime: timestampFromDate(k.revokedAt) }),
});
