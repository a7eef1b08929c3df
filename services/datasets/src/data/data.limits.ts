/** Packed bytes of an archive of data. */
export const MAX_ARCHIVE_BYTES = 2 * 2 ** 30;
/** Parts of an archive: of 4 MiB each, and some smaller ones. */
export const MAX_ARCHIVE_PARTS = 1_024;
/** All files of an archive, unpacked. */
export const MAX_DATA_BYTES = 4 * 2 ** 30;
/** Files and folders of an archive. */
export const MAX_DATA_FILES = 200_000;
/** Samples of a proposal. */
export const PREVIEW_SAMPLES = 12;
/** Columns of a proposal. */
export const MAX_PROPOSED_COLUMNS = 200;
