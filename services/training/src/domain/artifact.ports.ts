/** Which stored objects are of use. */
export interface NamedArtifacts {
  /** Those of a team's objects that a model version or an epoch names; takes part in the ambient transaction. */
  named(uris: readonly string[]): Promise<ReadonlySet<string>>;
}
