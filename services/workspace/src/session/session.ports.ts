/** Sessions of browsers that have ended before their time. To be used in a transaction of any team. */
export interface EndedSessions {
  has(sessionId: string): Promise<boolean>;
  /** Adds it, and forgets those that ended before a time. */
  add(sessionId: string, endedAt: Date, forgetBefore: Date): Promise<void>;
}
