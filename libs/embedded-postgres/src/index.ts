export { postgresVersion } from './binaries.js';
export { type Cluster, type ClusterOptions, startCluster } from './cluster.js';
export { freePort } from './free-port.js';
export { initialiseCluster, isInitialised } from './initdb.js';
