import { describe, expect, it } from 'vitest';
import { readViewLink, viewName } from './view-link.js';

const ORIGIN = 'https://noema.example';
const MAP = '/projects/7/runs/9/population?sel=slice%3A4';

describe('the link of a comment', () => {
  it('is an address of this page or its path', () => {
    expect(readViewLink(` ${ORIGIN}${MAP} `, ORIGIN)).toBe(MAP);
    expect(readViewLink(MAP, ORIGIN)).toBe(MAP);
  });

  it.each([
    'https://other.example/projects/7',
    `${ORIGIN}.other.example/projects`,
    '//other.example',
    '/v1/projects',
    'javascript:alert(1)',
    '',
  ])('is not %o', (text) => {
    expect(readViewLink(text, ORIGIN)).toBeUndefined();
  });

  it('has the name of its view', () => {
    expect(viewName(MAP)).toBe('Slice on the map');
    expect(viewName('/projects/7/runs/9/population?samples=shown')).toBe('Samples under the map');
    expect(viewName('/projects/7')).toBe('View');
  });
});
