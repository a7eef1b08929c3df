import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { TeamSchema } from '@noema/contracts/noema/workspace/v1/team';
import type { Team } from './team.js';

export const teamMessage = (t: Team): MessageInitShape<typeof TeamSchema> => ({
  id: t.id,
  displayName: t.displayName,
  quota: t.quota,
  createTime: timestampFromDate(t.createTime),
  updateTime: timestampFromDate(t.updateTime),
});
