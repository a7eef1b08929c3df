export { ENCODERS } from './encoders/encoder.registry.js';
export { FileTree } from './files/file-tree.js';
export type { EncoderSpec, Manifest } from './manifest/manifest.js';
export { parseManifest, printManifest } from './manifest/manifest.file.js';
export {
  listEncodedColumns,
  loadManifest,
  manifestIntegration,
} from './manifest/manifest.integration.js';
export { type Proposal, type ProposeOptions, proposeManifest, recognizeFiles } from './manifest/propose.js';
export { type Network, proposeNetwork } from './network/propose-network.js';
export { READERS } from './readers/reader.registry.js';
export type { Cell, Field, FieldProfile, Records, Row } from './records.js';
