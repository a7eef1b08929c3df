import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { DashboardSchema } from '@noema/contracts/noema/quality/v1/dashboard';
import { formatEtag } from '../revision/revision.js';
import type { Dashboard } from './dashboard.js';

export const dashboardMessage = ({
  revision,
  createTime,
  updateTime,
  ...dashboard
}: Dashboard): MessageInitShape<typeof DashboardSchema> => ({
  ...dashboard,
  etag: formatEtag({ revision }),
  createTime: timestampFromDate(createTime),
  updateTime: timestampFromDate(updateTime),
});
