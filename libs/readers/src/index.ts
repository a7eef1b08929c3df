export { isArchive, unpackArchive, type UnpackedArchive } from './archives/unpack-archive.js';
export { ENCODERS } from './encoders/encoder.registry.js';
export { FileTree } from './files/file-tree.js';
export type { EncoderSpec, Manifest } from './manifest/manifest.js';
export { parseManifest, printManifest } from './manifest/manifest.file.js';
export {
  listEncodedColumns,
  loadManifest,
  manifestIntegration,
} from './manifest/manifest.integration.js';
export { type Preview, previewManifest, type PreviewSample } from './manifest/preview.js';
export { recognizeFiles } from './manifest/proposal/choose-reader.js';
export type { ProposeOptions, SplitShares } from './manifest/proposal/draft.js';
export { type Proposal, proposeManifest } from './manifest/propose.js';
export { listRoles, type Role, ROLES } from './manifest/roles.js';
export type { Network } from './network/network.js';
export { proposeNetwork } from './network/propose-network.js';
export { READERS } from './readers/reader.registry.js';
export {
  type Cell,
  describeValues,
  type Field,
  type FieldProfile,
  type Records,
  type Row,
} from './records.js';
export { parseYaml } from '@noema/config/yaml';
