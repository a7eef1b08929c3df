export { DataDirectory, readJson } from './data-directory.js';
export { lockDirectory, lockHolder } from './directory-lock.js';
export { PlatformProcess, type PlatformProcessOptions, startPlatformProcess } from './platform-process.js';
export { openPlatformStore } from './platform-store.js';
export type { Secrets } from './secrets.js';
export { STORE_ACCESS_KEY } from './cluster-servers.js';
export type { PlatformState, ProcessReport } from './platform-state.js';
