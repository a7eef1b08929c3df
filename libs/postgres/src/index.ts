export { backoff } from './backoff.js';
export { type AnyDatabase, Database, SYSTEM } from './database.js';
export { idempotent, type Request } from './idempotent.js';
export type { Listening } from './listener.js';
export { migrate, type MigrateOptions } from './migrate.js';
export type { PoolOptions } from './pool.js';
export { isConnectionLoss, isRepeatable, isUniqueViolation, toDomainError } from './postgres.errors.js';
export { assertRowLevelSecurity } from './row-level-security.js';
export { WakeLoop, type WakeLoopOptions } from './wake-loop.js';
