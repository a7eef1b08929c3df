/** Services whose jobs make artifacts, in the order in which the data of a sample flow. */
export const ARTIFACT_SERVICES = [
  'datasets',
  'training',
  'activations',
  'similarity',
  'projection',
  'explanations',
  'insights',
] as const;

/** Services that have jobs. */
export const JOB_SERVICES = [...ARTIFACT_SERVICES, 'quality'] as const;
