import type { Emptiness } from './answer.js';

/** Thrown when the platform has nothing yet that a tool could work with: no fault of the caller. */
export class NothingYet extends Error {
  override readonly name = 'NothingYet';

  constructor(readonly emptiness: Emptiness) {
    super('there is nothing yet');
  }
}
