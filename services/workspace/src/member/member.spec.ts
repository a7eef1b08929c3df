import { expect, it } from 'vitest';
import { lesserRole } from './member.js';

it('the lesser of two roles', () => {
  expect([
    lesserRole('admin', 'viewer'),
    lesserRole('editor', 'admin'),
    lesserRole('viewer', 'viewer'),
  ]).toEqual(['viewer', 'editor', 'viewer']);
});
