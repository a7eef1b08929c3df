/**
 * The parts of one extraction over many devices. Times in seconds, rates per second, sizes in bytes; each is
 * measured or said to be assumed by who calls.
 */
export interface Installation {
  /** Devices that work on the set, one worker each. */
  readonly workers: number;
  /** Shards of the set. */
  readonly shards: number;
  /** One device's time for the responses of a shard. */
  readonly extractSeconds: number;
  /** One core's time for the vectors of a shard. */
  readonly projectSeconds: number;
  /** Time that the reduction takes for a shard's moments: one worker does it, shard after shard. */
  readonly reduceSeconds: number;
  /** Transactions of the queue that the database commits a second. */
  readonly transactionsPerSecond: number;
  /** Transactions that a shard needs from claim to commit. */
  readonly transactionsPerShard: number;
  /** Time between two heartbeats of a worker. */
  readonly heartbeatSeconds: number;
  /** Bytes that a shard reads and writes while its responses are taken. */
  readonly extractBytes: number;
  readonly projectBytes: number;
  /** Bandwidth of one connection to the store, and of the store for all. */
  readonly connectionBytesPerSecond: number;
  readonly storeBytesPerSecond: number;
}

export interface Forecast {
  readonly seconds: number;
  readonly extractSeconds: number;
  readonly reduceSeconds: number;
  readonly projectSeconds: number;
  /** Share of the extraction in which the devices computed. */
  readonly utilization: number;
  /** Bottleneck of the extraction. */
  readonly limit: 'devices' | 'database' | 'store';
}

/**
 * Plays an extraction event by event: every worker claims a shard, reads, computes, writes, commits, and
 * claims again; the database serves one transaction after the other, heartbeats take their part of it, and
 * the store's bandwidth is shared by the workers that read or write.
 */
export function simulate(of: Installation): Forecast {
  const extract = stage(of, of.extractSeconds, of.extractBytes);
  const project = stage(of, of.projectSeconds, of.projectBytes);
  const reduceSeconds = of.shards * of.reduceSeconds;
  return {
    seconds: extract.seconds + reduceSeconds + project.seconds,
    extractSeconds: extract.seconds,
    reduceSeconds,
    projectSeconds: project.seconds,
    utilization: extract.computing / (of.workers * extract.seconds),
    limit: extract.limit,
  };
}

interface Stage {
  readonly seconds: number;
  /** Device seconds spent on the work itself. */
  readonly computing: number;
  readonly limit: Forecast['limit'];
}

function stage(
  {
    workers,
    shards,
    transactionsPerSecond,
    transactionsPerShard,
    heartbeatSeconds,
    connectionBytesPerSecond,
    storeBytesPerSecond,
  }: Installation,
  work: number,
  bytes: number,
): Stage {
  const left = transactionsPerSecond - workers / heartbeatSeconds;
  if (left <= 0) return { seconds: Infinity, computing: 0, limit: 'database' };
  const [serve, carry] = [
    transactionsPerShard / left,
    Math.max(bytes / connectionBytesPerSecond, (bytes * Math.min(workers, shards)) / storeBytesPerSecond),
  ];
  const alone = bytes / connectionBytesPerSecond;
  // Each worker asks the database when it is done with its shard: the heap holds when that is.
  const asks = new MinHeap();
  for (let worker = 0; worker < Math.min(workers, shards); worker++) asks.push(0);
  let [databaseFree, end, waitedForDatabase] = [0, 0, 0];
  for (let shard = 0; shard < shards; shard++) {
    const asked = asks.pop();
    const begun = Math.max(asked, databaseFree);
    databaseFree = begun + serve;
    waitedForDatabase += begun - asked;
    const done = databaseFree + carry + work;
    end = Math.max(end, done);
    asks.push(done);
  }
  const [waitedForStore, computing] = [shards * (carry - alone), shards * work];
  const limit =
    Math.max(waitedForDatabase, waitedForStore) < computing
      ? 'devices'
      : waitedForDatabase > waitedForStore
        ? 'database'
        : 'store';
  return { seconds: end, computing, limit };
}

/** Numbers, the smallest first. */
class MinHeap {
  private readonly items: number[] = [];

  push(value: number): void {
    const { items } = this;
    let at = items.push(value) - 1;
    for (let up = (at - 1) >> 1; at > 0 && items[up]! > value; at = up, up = (at - 1) >> 1)
      items[at] = items[up]!;
    items[at] = value;
  }

  pop(): number {
    const { items } = this;
    const first = items[0]!;
    const last = items.pop()!;
    if (items.length === 0) return first;
    let at = 0;
    for (let down = 1; down < items.length; at = down, down = 2 * at + 1) {
      if (down + 1 < items.length && items[down + 1]! < items[down]!) down++;
      if (items[down]! >= last) break;
      items[at] = items[down]!;
    }
    items[at] = last;
    return first;
  }
}
