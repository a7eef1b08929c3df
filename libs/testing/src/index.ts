export { findBrowser, startBrowser } from './browser.js';
export { type Peer, peer, startPeers } from './peers.js';
export { startPostgres, type TestPostgres } from './postgres.js';
export { temporaryDirectory } from './temporary-directory.js';
export { type Caller, startTestbed, type Testbed } from './testbed.js';
export { waitFor, type WaitOptions } from './wait-for.js';
export { reachedByTrespass, reachedWithout, type RpcFinding, type ServedRpcs, type Trespass } from './rpc-probe.js';
export { hasNats, startNats, type TestNats } from './nats.js';
export { hasS3, startS3, type TestS3 } from './s3.js';
