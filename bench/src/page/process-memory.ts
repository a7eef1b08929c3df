import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';

/** Resident bytes of the browser's processes of a type; shared pages count by their share. Linux only. */
export async function processMemory(browser: Browser, type: 'renderer' | 'GPU'): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter((one) => one.type === type).reduce((sum, { id }) => sum + readPss(id), 0);
}

function readPss(pid: number): number {
  const line = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(line?.[1] ?? 0) * 1024;
}
