import { counter } from '../metrics/metric.registry.js';

/** What became of spans; declared whether traces are exported or not. */
export const traceSpans = counter({
  name: 'noema_trace_spans_total',
  help:
    'Spans that were exported, dropped because the queue was full or the process ended, or refused by the ' +
    'collector.',
  labels: ['outcome'],
});
