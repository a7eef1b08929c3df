/**
 * Runs work in one transaction of one team; repositories, outbox and jobs called inside take part in it
 * without being handed it.
 */
export interface UnitOfWork {
  run<T>(teamId: string, work: () => Promise<T>): Promise<T>;
}
