/** Injects the artifact store of the process (`ArtifactStore` of `@noema/artifacts`). */
export const ARTIFACT_STORE = Symbol('ArtifactStore');
/** Injects the settings of the service, as its schema types them. */
export const SETTINGS = Symbol('Settings');
