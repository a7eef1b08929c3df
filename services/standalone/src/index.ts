export { DataDirectory, readJson } from './data-directory.js';
export { lockHolder } from './directory-lock.js';
export { PlatformProcess, type PlatformProcessOptions, startPlatformProcess } from './platform-process.js';
export { openPlatformStore } from './platform-store.js';
export type { PlatformState, ProcessReport } from './platform-state.js';
