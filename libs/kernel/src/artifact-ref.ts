/** Reference to an immutable object of the artifact store, with the hash of its bytes. */
export interface ArtifactRef {
  /** Key in the store: `<team>/<project>/<kind>/<id>/<part>`. */
  readonly uri: string;
  /** SHA-256 of the bytes, lower-case hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
}
