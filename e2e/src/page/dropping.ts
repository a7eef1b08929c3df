import { waitFor } from '@noema/testing';
import type { Page } from 'playwright-core';

/** Drops a file on the page, not on a field. */
export async function dropOnPage(page: Page, name: string, content: string | Buffer): Promise<void> {
  const dropped = await page.evaluateHandle(
    ({ fileName, bytes }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], fileName));
      return transfer;
    },
    { fileName: name, bytes: [...Buffer.from(content)] },
  );
  await page.locator('main').dispatchEvent('drop', { dataTransfer: dropped });
}

/**
 * Drags files and folders of this machine onto the middle of the page, as a file manager does. A file manager drags
 * over the page until the button is released; where parts of the page come in that moment, a browser that saw a
 * single move drops nothing, and the files are dragged again.
 */
export async function dragOntoPage(page: Page, ...files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize()!;
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  const dropped = await page.evaluateHandle(() => {
    const seen = { count: 0 };
    window.addEventListener('drop', () => seen.count++, { capture: true, once: true });
    return seen;
  });
  await waitFor(async () => {
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data });
    return (await dropped.evaluate(({ count }) => count)) > 0;
  });
  await session.detach();
}
