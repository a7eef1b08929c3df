/** Settings of the searches of a project. */
export interface InsightSettings {
  /** Whether each run that succeeds is searched after its last epoch. */
  readonly searchAfterRuns: boolean;
  /** Whether each epoch is searched for the kinds that are cheap. */
  readonly searchAfterEpochs: boolean;
}

/** Settings that the members of a project chose. */
export type ChosenSettings = { readonly [name in keyof InsightSettings]?: boolean | undefined };
