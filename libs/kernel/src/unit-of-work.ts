/**
 * Runs work in one transaction of one team. Repositories, outbox and jobs called inside join that transaction
 * implicitly.
 */
export interface UnitOfWork {
  run<T>(teamId: string, work: () => Promise<T>): Promise<T>;
}
