/** Who does something, as the caller's token says. */
export interface Actor {
  readonly teamId: string;
  /** Member id, or the name of a service. */
  readonly subject: string;
}
