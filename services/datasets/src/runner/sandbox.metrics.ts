import { counter } from '@noema/observability';

/** Counts processes of integrations that ended without a request to end. */
export const sandboxEnds = counter({
  name: 'noema_sandbox_ended_total',
  help:
    'Processes of integrations that crashed, or were killed because they hung, said what they must not or ' +
    'went beyond a bound, by reason.',
  labels: ['reason'],
});
