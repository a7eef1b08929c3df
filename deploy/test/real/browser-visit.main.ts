import { startBrowser } from '@noema/testing';

/**
 * A visit by a real browser in the network of the node: signs in at the OpenID provider, opens the newest map, waits
 * until every dot is drawn, and prints what it saw. A third argument names a file for a picture of the page.
 */
const [url = '', person = '', picture] = process.argv.slice(2);
const PATIENCE_MS = 120_000;

// The browser does not know the authority of the certificates.
const browser = await startBrowser(['--ignore-certificate-errors']);
if (browser === undefined) throw new Error('no browser');
try {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1440, height: 900 },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('link', { name: 'Sign in with login.example.org' }).click();
  await page.getByLabel('Who are you?').fill(person);
  await page.getByRole('button', { name: 'Sign in' }).click();
  // She is an admin of the first team too.
  await page.getByRole('button', { name: /second/ }).click();
  await page.getByRole('link', { name: 'digits' }).first().click();
  await page.getByRole('link', { name: 'Open the map' }).first().click();
  const canvas = page.locator('[data-testid="population-canvas"][data-state="ready"]').first();
  await canvas.waitFor();
  const points = await canvas.getAttribute('data-points');
  if (picture !== undefined) await page.screenshot({ path: picture });
  if (points !== '10000') throw new Error(`the map shows ${points} samples instead of 10,000`);
  console.log(`${new URL(page.url()).origin} shows a map of ${points} samples to ${person}`);
} finally {
  await browser.close();
}
