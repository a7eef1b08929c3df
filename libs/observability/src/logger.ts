import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import { currentFields, currentSpan } from './tracing/trace-context.js';

/** Structured logger: `logger.info({ jobId }, 'claimed')` writes one JSON line. */
export type Logger = Pino;

/** From silent to verbose. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** Name of the service, in the field `service` of every line. */
  readonly service: string;
  readonly level?: LogLevel;
  /** Destination of the lines. Default: standard output. */
  readonly destination?: DestinationStream;
}

const SECRET_FIELDS = [
  'authorization',
  'token',
  'secret',
  'password',
  'api_key',
  'apiKey',
  'private_key',
  'privateKey',
];

/**
 * Creates the logger of a service: JSON lines with ISO time, trace and span id, and the fields of
 * `runWithFields`. Masks fields with secret names.
 */
export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((f) => [f, `*.${f}`]), censor: '[redacted]' },
      serializers: { err: errorFields, error: errorFields },
      mixin: () => {
        const span = currentSpan();
        return { ...currentFields(), ...(span && { trace_id: span.traceId, span_id: span.spanId }) };
      },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

/** A logger that writes nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });

/** Returns an error with its own fields and its chain of causes. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause, ...own } = error as Error & Record<string, unknown>;
  return {
    ...own,
    name: error.name || name,
    message,
    stack,
    ...(cause === undefined ? {} : { cause: errorFields(cause) }),
  };
}
