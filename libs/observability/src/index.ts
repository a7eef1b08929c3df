export {
  createLogger,
  LOG_LEVELS,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  silentLogger,
} from './logger.js';
export {
  METRICS_MEDIA_TYPE,
  type MetricReporter,
  readMetrics,
  reportMetrics,
} from './metrics/metric.reading.js';
export {
  counter,
  gauge,
  histogram,
  listMetrics,
  type MetricEntry,
  type MetricText,
  metricValue,
} from './metrics/metric.registry.js';
export { measureRuntime, MonitoringServer } from './monitoring/monitoring.server.js';
export type { Probe } from './monitoring/probe.js';
export { NestLogger } from './nest-logger.js';
export { type OpenSpan, openSpan, type SpanOptions, type SpanRole, withSpan } from './tracing/span.js';
export {
  currentFields,
  currentSpan,
  currentTraceparent,
  formatTraceparent,
  parseTraceparent,
  runWithFields,
} from './tracing/trace-context.js';
export { exportTraces } from './tracing/trace-export.js';
export type { TraceExportOptions } from './tracing/trace-export-options.js';
export { traceSpans } from './tracing/trace.metrics.js';
