import { type Column } from './column.js';
import { type Extent, findExtent } from '../../../parts/scales/extent.js';

/** The extent of a numeric column in all epochs that have been seen. */
export interface Domain {
  readonly extent: Extent;
  readonly epochs: ReadonlySet<number>;
}

/** Domains by key; a new map whenever one of them has grown. */
export type Domains = ReadonlyMap<string, Domain>;

/**
 * Keeps what columns span over the epochs, so that colors and sizes mean the same in all of them; domains
 * only ever grow.
 */
export class ColumnDomains {
  private domains: Domains = new Map();
  private readonly listeners = new Set<() => void>();

  /** The domains that are known now. */
  readonly get = (): Domains => this.domains;

  /** Calls back when a domain has grown, until the function that it returns is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes in what a column spans in one epoch. */
  add(key: string, epoch: number, column: Column): void {
    if (column.kind !== 'number') return;
    const before = this.domains.get(key);
    if (before?.epochs.has(epoch) === true) return;
    const extent = findExtent(column.values);
    if (extent.missing === column.values.length) return;
    this.domains = new Map(this.domains).set(key, {
      extent: before === undefined ? extent : unite(before.extent, extent),
      epochs: new Set([...(before?.epochs ?? []), epoch]),
    });
    for (const listener of this.listeners) listener();
  }
}

/** Both extents together; `missing` is that of the second. */
export function unite(a: Extent, b: Extent): Extent {
  const low = Math.min(a.low, b.low);
  const high = Math.max(a.high, b.high);
  const positive =
    a.positive > 0 && b.positive > 0 ? Math.min(a.positive, b.positive) : Math.max(a.positive, b.positive);
  return low === a.low && high === a.high && positive === a.positive && b.missing === a.missing
    ? a
    : { low, high, positive, missing: b.missing };
}

/**
 * Domains to show after `before`: each is kept until a shown epoch is missing in it or all epochs are known, so
 * that colors do not move while other epochs load.
 */
export function settleDomains(
  before: Domains,
  now: Domains,
  shown: readonly number[],
  epochs: number,
): Domains {
  const changed = [...now].filter(([key, domain]) => {
    const kept = before.get(key);
    return (
      kept === undefined ||
      (kept !== domain &&
        (domain.epochs.size >= epochs ||
          shown.some((epoch) => domain.epochs.has(epoch) && !kept.epochs.has(epoch))))
    );
  });
  return changed.length === 0 ? before : new Map([...before, ...changed]);
}

/** Over which epochs a scale reaches, in words; empty where there is one only. */
export function domainNote(domain: Domain | undefined, epochs: number): string {
  if (domain === undefined || domain.epochs.has(OF_DATA) || epochs < 2) return '';
  return domain.epochs.size >= epochs ? 'same scale for all epochs' : '';
}

/** Stands for the epoch of what does not change with the epochs. */
export const OF_DATA = -1;
