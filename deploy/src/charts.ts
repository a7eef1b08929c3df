/** Folder of the charts. */
export const HELM = new URL('../../helm/', import.meta.url);

/** Charts of services, in the order in which they stand in the umbrella. */
export const CHARTS = [
  'workspace',
  'datasets',
  'training',
  'activations',
  'similarity',
  'projection',
  'quality',
  'explanations',
  'insights',
  'gateway',
  'web',
] as const;
export type ChartName = (typeof CHARTS)[number];
