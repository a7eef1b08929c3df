import { LruCache } from '@noema/kernel/lru-cache';

const DEFAULT_BYTES = 128 * 2 ** 20;

interface Sized {
  readonly value: unknown;
  readonly bytes: number;
}

/**
 * Evaluations that calls have read, so that the next page of an answer reads nothing again. The least recently used
 * values leave above `maxBytes`; a value that is larger alone is not kept.
 */
export class EvaluationCache {
  private readonly cached: LruCache<Sized>;

  constructor(maxBytes = DEFAULT_BYTES) {
    this.cached = new LruCache(maxBytes, { weigh: ({ bytes }) => bytes, cachesLarger: false });
  }

  /** Returns the part of a team: no team gets what another one has read. */
  forTeam(teamId: string): TeamCache {
    return new TeamCache(this.cached, teamId);
  }
}

/** The part of a cache that one team uses. */
export class TeamCache {
  constructor(
    private readonly cached: LruCache<Sized>,
    private readonly teamId: string,
  ) {}

  /**
   * Returns the value of a key, and loads it if it is missing. When the load of a concurrent caller fails, which
   * may have been cancelled, the value is loaded again.
   */
  async get<T>(
    key: readonly unknown[],
    load: () => Promise<T>,
    countBytes: (value: T) => number,
  ): Promise<T> {
    let isOwn = false;
    const build = async (): Promise<Sized> => {
      isOwn = true;
      const value = await load();
      return { value, bytes: countBytes(value) };
    };
    try {
      return (await this.cached.get(JSON.stringify([this.teamId, ...key]), build)).value as T;
    } catch (error) {
      if (isOwn) throw error;
      return load();
    }
  }
}
