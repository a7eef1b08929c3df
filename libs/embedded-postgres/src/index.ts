export { type Account, serverAccount } from './account.js';
export { type CopyFile, copyAtRest, copyWhileRunning } from './base-backup.js';
export { postgresVersion } from './binaries.js';
export { type Cluster, type ClusterOptions, startCluster } from './cluster.js';
export { freePort } from './free-port.js';
export { initialiseCluster, isInitialised } from './initdb.js';
export { walk } from './walk.js';
