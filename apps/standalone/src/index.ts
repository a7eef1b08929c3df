export { backUp, type BackupManifest } from './backup/back-up.js';
export { restore } from './backup/restore.js';
export { lostArtifacts, verifyPlatform } from './backup/verify-platform.js';
export { DataDirectory, readJson } from './data-directory.js';
export { lockDirectory, lockHolder } from './directory-lock.js';
export { PlatformProcess, type PlatformProcessOptions, startPlatformProcess } from './platform-process.js';
export { openPlatformStore } from './platform-store.js';
export { BUS_OPERATOR, busCredentials, type Secrets, STORE_ACCESS_KEY } from './secrets.js';
export type { PlatformState, ProcessReport } from './platform-state.js';
