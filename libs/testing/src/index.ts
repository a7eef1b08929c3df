export { findBrowser, startBrowser } from './browser.js';
export { type Peer, peer, startPeers } from './peers.js';
export { startPostgres, type TestPostgres } from './postgres.js';
export { temporaryDirectory } from './temporary-directory.js';
export { type Caller, startTestbed, type Testbed } from './testbed.js';
export { waitFor, type WaitOptions } from './wait-for.js';
export { reachedByTrespass, reachedWithout, type RpcFinding, type ServedRpcs, type Trespass } from './rpc-probe.js';
