/** Limits of an archive of data. */
export interface ArchiveLimits {
  /** Files and folders. */
  readonly entries: number;
  /** All files, unpacked. */
  readonly bytes: number;
  /** How many times larger the archive may become by unpacking, once it is beyond `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 2_000_000,
  bytes: 64 * 2 ** 30,
  ratio: 250,
  ratioFromBytes: 2 ** 24,
};
