import { create } from '@bufbuild/protobuf';
import { MemberService, UpdateMemberRequestSchema } from '@noema/contracts/noema/workspace/v1/member_service';
import { RunService, UpdateRunRequestSchema } from '@noema/contracts/noema/training/v1/run_service';
import { describe, expect, it } from 'vitest';
import { toNote } from './call-note.js';

const rename = (paths?: readonly string[]) =>
  toNote(
    RunService.method.updateRun,
    create(UpdateRunRequestSchema, {
      run: { id: 'r1', projectId: 'p1', displayName: 'wider kernels' },
      ...(paths && { updateMask: { paths: [...paths] } }),
    }),
  );

describe('the audit entry of an update', () => {
  it('says which resource it changes, and its new name', () => {
    expect(rename(['display_name'])).toEqual({
      action: 'noema.training.v1.RunService/UpdateRun',
      resource: 'run/r1',
      details: { display_name: 'wider kernels' },
    });
  });

  it.each([[undefined], [[]], [['*']]])('says all that is given when its mask is %j', (paths) => {
    expect(rename(paths).details).toEqual({ project_id: 'p1', display_name: 'wider kernels' });
  });

  it('leaves out what the mask does not name', () => {
    expect(rename(['project_id']).details).toEqual({ project_id: 'p1' });
  });

  it('never says an e-mail address', () => {
    const request = create(UpdateMemberRequestSchema, { member: { id: 'm1', email: 'ada@example.org' } });
    expect(toNote(MemberService.method.updateMember, request).details).toEqual({});
  });
});
