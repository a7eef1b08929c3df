import { describe, expect, it } from 'vitest';
import { hasNats, hasS3, startNats, startS3 } from './index.js';

describe.skipIf(!hasNats())('startNats', () => {
  it('serves again after it was killed, on the same port', async () => {
    const nats = await startNats();
    const { pid } = nats;
    await nats.kill();
    await nats.start(true);
    expect(nats.pid).not.toBe(pid);
    await nats.stop();
  });
});

describe.skipIf(!hasS3())('startS3', () => {
  it('serves those who have its keys', async () => {
    const s3 = await startS3();
    expect((await fetch(s3.endpoint)).status).toBe(403);
    await s3.stop();
  });
});
