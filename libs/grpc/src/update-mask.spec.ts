import { create } from '@bufbuild/protobuf';
import { FieldMaskSchema } from '@bufbuild/protobuf/wkt';
import { ProjectSchema } from '@noema/contracts/noema/workspace/v1/project';
import { describe, expect, it } from 'vitest';
import { parseChanges } from './index.js';

const project = create(ProjectSchema, { id: 'p', displayName: 'digits' });
const changes = (paths?: string[]) =>
  parseChanges(ProjectSchema, project, paths && create(FieldMaskSchema, { paths }), [
    'displayName',
    'description',
  ]);

describe('parseChanges', () => {
  it('takes what the mask names, also to empty it', () => {
    expect(changes(['description'])).toEqual({ description: '' });
  });
  it('takes what is set when there is no mask', () => {
    expect(changes()).toEqual({ displayName: 'digits' });
    expect(changes([])).toEqual({ displayName: 'digits' });
  });
  it('takes everything for *', () => {
    expect(changes(['*'])).toEqual({ displayName: 'digits', description: '' });
  });
  it.each(['id', 'create_time', 'displayName', 'nothing', 'description.x'])('refuses %s', (path) => {
    expect(() => changes([path])).toThrow(
      expect.objectContaining({
        reason: 'UPDATE_MASK_INVALID',
        message: expect.stringContaining('display_name, description') as string,
      }) as Error,
    );
  });
  it('changes nothing when nothing is set, and refuses a request without a resource', () => {
    expect(parseChanges(ProjectSchema, create(ProjectSchema), undefined, ['displayName'])).toEqual({});
    expect(() => parseChanges(ProjectSchema, undefined, undefined, ['displayName'])).toThrow(
      /has no Project/,
    );
  });
});
