import { counter } from '../metrics/metric.registry.js';

/** Counts spans by outcome. Declared with or without an exporter. */
export const traceSpans = counter({
  name: 'noema_trace_spans_total',
  help:
    'Spans that were exported, dropped because the queue was full or the process ended, or refused by the ' +
    'collector.',
  labels: ['outcome'],
});
