import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { type MemberSchema, Role } from '@noema/contracts/noema/workspace/v1/member';
import type { Member, MemberRole } from './member.js';

const TO_PROTO = {
  viewer: Role.VIEWER,
  editor: Role.EDITOR,
  admin: Role.ADMIN,
  service: Role.SERVICE,
} as const;
const FROM_PROTO: Readonly<Record<Role, MemberRole | undefined>> = {
  [Role.UNSPECIFIED]: undefined,
  [Role.VIEWER]: 'viewer',
  [Role.EDITOR]: 'editor',
  [Role.ADMIN]: 'admin',
  [Role.SERVICE]: undefined,
};

export const roleMessage = (role: keyof typeof TO_PROTO): Role => TO_PROTO[role];
export const parseRole = (role: Role): MemberRole | undefined => FROM_PROTO[role];

export const memberMessage = (m: Member): MessageInitShape<typeof MemberSchema> => ({
  id: m.id,
  displayName: m.displayName,
  email: m.email,
  role: TO_PROTO[m.role],
  createTime: timestampFromDate(m.createTime),
  updateTime: timestampFromDate(m.updateTime),
});
