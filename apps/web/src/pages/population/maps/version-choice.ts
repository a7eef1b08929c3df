/** A run after an epoch that the version of the map is compared with. */
export interface VersionChoice {
  /** Whether it is A, the earlier version, or B, the later one; the map shows the other. */
  readonly side: 'a' | 'b';
  /** Empty while none has been chosen. */
  readonly runId: string;
  /** 0 for the last one. */
  readonly epoch: number;
}

const UNCHOSEN = 'none';

/** The text of a version in an address: `<run id>.3`. */
export const formatVersion = ({ runId, epoch }: VersionChoice): string =>
  runId === '' ? UNCHOSEN : `${runId}.${epoch}`;

/** The version of such a text; `undefined` when it names none. */
export function parseVersion(side: 'a' | 'b', text: string): VersionChoice | undefined {
  if (text === UNCHOSEN) return { side, runId: '', epoch: 0 };
  const [, runId, epoch] = /^([\w-]+)\.(\d{1,9})$/.exec(text) ?? [];
  return runId === undefined ? undefined : { side, runId, epoch: Number(epoch) };
}
