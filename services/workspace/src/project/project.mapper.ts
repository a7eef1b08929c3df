import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ProjectSchema } from '@noema/contracts/noema/workspace/v1/project';
import type { Project } from './project.js';

export const projectMessage = (p: Project): MessageInitShape<typeof ProjectSchema> => ({
  id: p.id,
  displayName: p.displayName,
  description: p.description,
  createTime: timestampFromDate(p.createTime),
  updateTime: timestampFromDate(p.updateTime),
});
