export { startPostgres, type TestPostgres } from './postgres.js';
export { temporaryDirectory } from './temporary-directory.js';
export { waitFor, type WaitOptions } from './wait-for.js';
export { reachedByTrespass, reachedWithout, type RpcFinding, type ServedRpcs, type Trespass } from './rpc-probe.js';
