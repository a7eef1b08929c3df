import { lockDirectory } from '../src/directory-lock.js';

/** Holds the lock of the directory until it is killed; says whether it got it. */
try {
  await lockDirectory(process.argv[2]!);
  process.send?.('held');
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.send!((error as { reason: string }).reason);
  process.disconnect();
}
