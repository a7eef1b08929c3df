import type { Page } from 'playwright-core';

/** Holds the requests of the page with a matching address until the returned function is called. */
export async function holdRequests(page: Page, address: Parameters<Page['route']>[0]): Promise<() => void> {
  let release = (): void => undefined;
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(address, async (route) => {
    await isReleased;
    await route.continue();
  });
  return release;
}
