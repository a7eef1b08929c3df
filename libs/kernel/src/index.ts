export type { ArtifactRef } from './artifact-ref.js';
export { backoff } from './backoff.js';
export { type ClassComparison, compareClassNames, listClassNames } from './class-names.js';
export { type Clock, systemClock } from './clock.js';
export { displayName, hasControls } from './display-name.js';
export { nextPath } from './next-path.js';
export { plainText } from './plain-text.js';
export {
  asDomainError,
  cancelled,
  DomainError,
  type DomainErrorOptions,
  type ErrorKind,
  type FieldViolation,
  isRetryable,
} from './domain-error.js';
export { findOrThrow } from './find-or-throw.js';
export { Filter } from './filter.js';
export type { FieldReader, FieldValue } from './filter.evaluator.js';
export {
  enumName,
  type EnumType,
  type FieldType,
  type FilterFields,
  JOB_STATE_FIELD,
  labelAlias,
  type ScalarType,
  toScalar,
  SPLIT_FIELD,
} from './filter.fields.js';
export type { SqlColumns, SqlCondition } from './filter.sql.js';
export { type Brand, isUuid, type ProjectId, type TeamId, deriveUuid, uuidv7 } from './ids.js';
export { type Fault, hasEnded, isGivenUp, type JobState } from './job-state.js';
export { jsonPieces } from './json-pieces.js';
export {
  findOrInsert,
  type JobResource,
  type JobResourceFilter,
  type JobResources,
} from './job-resource.js';
export {
  type ChoiceParameter,
  type MethodDescriptor,
  type MethodParameter,
  type NumberParameter,
} from './method-descriptor.js';
export { fillParameters, type ParameterValue } from './method-parameters.js';
export { MethodNumbers } from './method-numbers.js';
export { metadataWithoutValues } from './metadata-values.js';
export { type OrderBy, parseOrderBy } from './order-by.js';
export { allPages, mapPage, type Page, type PageQuery } from './page.js';
export type { Port } from './port.js';
export { decodePageToken, encodePageToken, type KeyPart, pageSize } from './page-token.js';
export { permutation, seededRandom } from './random.js';
export { RateLimits, type RateStanding } from './rate-limits.js';
export { LruCache, type LruCacheOptions } from './lru-cache.js';
export { RejectionDelays } from './rejection-delays.js';
export type { ComputeTime, ServiceUsage } from './service-usage.js';
export { Registry } from './registry.js';
export { type RowSelection, selectRows } from './row-selection.js';
export type { SampleAddress, SplitName } from './sample-address.js';
export { Reservations } from './reservations.js';
export { sortedQuantile } from './sorted-quantile.js';
export { sortedRows } from './sorted-rows.js';
export { namesOneClass, type Task } from './task.js';
export { FairSemaphore } from './fair-semaphore.js';
export type { UnitOfWork } from './unit-of-work.js';
export { NOEMA_VERSION } from './version.js';
export { compareVocabularies, describeVocabulary, type Vocabulary } from './vocabulary.js';
