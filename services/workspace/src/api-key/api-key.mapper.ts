import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ApiKeySchema } from '@noema/contracts/noema/workspace/v1/api_key';
import { roleMessage } from '../member/member.mapper.js';
import type { ApiKey } from './api-key.js';

/** Never the hash. */
export const apiKeyMessage = (k: ApiKey): MessageInitShape<typeof ApiKeySchema> => ({
  id: k.id,
  displayName: k.displayName,
  memberId: k.memberId,
  role: roleMessage(k.role),
  prefix: k.prefix,
  createTime: timestampFromDate(k.createTime),
  ...(k.expireTime && { expireTime: timestampFromDate(k.expireTime) }),
  ...(k.lastUseTime && { lastUseTime: timestampFromDate(k.lastUseTime) }),
  ...(k.revokeTime && { revokeTime: timestampFromDate(k.revokeTime) }),
});
