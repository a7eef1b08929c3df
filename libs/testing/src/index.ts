export { startPostgres, type TestPostgres } from './postgres.js';
export { temporaryDirectory } from './temporary-directory.js';
export { waitFor, type WaitOptions } from './wait-for.js';
