import { nextPath } from '@noema/kernel/next-path';

/**
 * The path of a view of this page that a text names, as an address of `origin` or as a path; undefined for any other
 * text.
 */
export function readViewLink(text: string, origin: string): string | undefined {
  const trimmed = text.trim();
  const path = trimmed.startsWith(`${origin}/`) ? trimmed.slice(origin.length) : trimmed;
  const view = nextPath(path);
  return view === '/' ? undefined : view;
}

const VIEWS: readonly (readonly [RegExp, string])[] = [
  [/\/population\?.*\bsel=slice/, 'Slice on the map'],
  [/\/population\?.*\bsamples=/, 'Samples under the map'],
  [/\/population/, 'Map'],
  [/\/evaluation/, 'Evaluation'],
  [/\/samples\//, 'Sample'],
  [/\/units\//, 'Unit'],
  [/\/tests\//, 'Test suite'],
  [/\/dashboards\//, 'Dashboard'],
  [/\/issues\//, 'Issue'],
  [/\/insights\//, 'Insight'],
  [/\/runs\//, 'Run'],
  [/\/datasets\//, 'Dataset'],
];

/** Name of the view of a path. */
export const viewName = (path: string): string =>
  VIEWS.find(([pattern]) => pattern.test(path))?.[1] ?? 'View';
