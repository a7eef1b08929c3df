/** Metadata columns of one dataset version. */
export const MAX_COLUMNS = 1_000;
/** Characters of the name of a metadata column. */
export const MAX_COLUMN_NAME = 200;
/** Pictures and metadata texts of one shard. */
export const MAX_TEXT_BYTES = 2 ** 28;
/** Numbers of one shard, as `Ingestion` allows them. */
export const MAX_TENSOR_BYTES = 2 ** 29;
/** The JSON part of an answer. */
export const MAX_HEADER_BYTES = 2 ** 22;
/** Characters of one message of a fault; longer ones are cut. */
export const MAX_FAULT_TEXT = 8_192;
/** Samples that one dataset version may leave out. */
export const MAX_SKIPPED = 1_000;
/** Characters of why a sample was left out, and of each fact about it. */
export const MAX_SKIPPED_TEXT = 300;
/** Maximum output of a process to standard output and error during one call. */
export const MAX_OUTPUT_BYTES = 2 ** 24;
/** Metrics of one integration. */
export const MAX_METRICS = 64;
