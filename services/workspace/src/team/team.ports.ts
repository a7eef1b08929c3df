import type { Team } from './team.js';

/** The team of the current transaction. */
export interface TeamRepository {
  find(id: string): Promise<Team | undefined>;
  /**
   * Like `find`, and holds the team until the end of the transaction, so that rules over its members are
   * decided one after the other.
   */
  lock(id: string): Promise<Team | undefined>;
  /** False when it was there already. */
  add(team: Team): Promise<boolean>;
  save(team: Team): Promise<void>;
  delete(id: string): Promise<void>;
}

/** All teams, for the operator. */
export interface TeamDirectory {
  /** The next teams by id, those after the given one. */
  listAll(after: string | undefined, limit: number): Promise<readonly Team[]>;
}
