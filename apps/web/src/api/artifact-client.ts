import { ArtifactService } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/** The bytes of artifacts; only what looks at a map that is being made reads them. */
export const artifacts = createRestClient(ArtifactService, restOptions);
