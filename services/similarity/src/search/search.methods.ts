import { type MethodDescriptor, type NumberParameter, Registry } from '@noema/kernel';

const RESULTS = {
  type: 'integer',
  name: 'k',
  title: 'Results',
  help: 'Maximum number of samples to return.',
  default: 24,
  minimum: 1,
  maximum: 1_000,
  step: 1,
} as const satisfies NumberParameter;

export const { default: DEFAULT_K, maximum: MAX_K } = RESULTS;

/** How samples are searched, as clients show it: one way, with its parameter. */
export const searchMethods = new Registry<MethodDescriptor>('search', [
  {
    key: 'similar',
    title: 'Fetch similar',
    summary: 'Finds the samples whose perception vectors are nearest to the mean of the queries.',
    reference: '',
    parameters: [RESULTS],
    facts: { usedByDefault: true },
  },
]);
