export { createLogger, LOG_LEVELS, type Logger, type LoggerOptions, type LogLevel, silentLogger } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { currentFields, currentSpan, formatTraceparent, newSpan, outgoingTraceparent, parseTraceparent, runInSpan, runWithFields } from './trace-context.js';
