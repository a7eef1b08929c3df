/**
 * Runs work in one transaction of one team. Repositories, outbox and jobs called inside join that transaction
 * implicitly.
 */
export interface UnitOfWork {
  run<T>(teamId: string, work: () => Promise<T>): Promise<T>;
}

/** The public members of a class: what a fake of it in a spec implements. */
export type Public<T> = Pick<T, keyof T>;
