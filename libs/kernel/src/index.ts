export type { ArtifactRef } from './artifact-ref.js';
export { type Clock, systemClock } from './clock.js';
export { asDomainError, cancelled, DomainError, type DomainErrorOptions, type ErrorKind, type FieldViolation, isRetryable } from './domain-error.js';
export { type Brand, isUuid, type ProjectId, type TeamId, uuidOf, uuidv7 } from './ids.js';
export { decodePageToken, encodePageToken, pageSize } from './page-token.js';
export { permutation, seededRandom } from './random.js';
export { Registry } from './registry.js';
export type { UnitOfWork } from './unit-of-work.js';
