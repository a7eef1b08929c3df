import { startBrowser } from '@noema/testing';
import { ShownPage } from './dist/src/page/shown-page.js';
import { startSyntheticPlatform } from './dist/src/page/synthetic-platform.js';
import { IDS } from './dist/src/page/synthetic-ids.js';
const members = Array.from({ length: 41 }, (_, at) => 7 + 10 * at);
const EFFECT = { measure: 'error rate', inside: 0.39, outside: 0.02, insideCount: 41, outsideCount: 959, difference: 0.37, low: 0.22, high: 0.52 };
const num = (v) => ({ kind: { case: 'numberValue', value: v } });
const str = (v) => ({ kind: { case: 'stringValue', value: v } });
const ONE = { kind: 'low-performance', kindTitle: 'Low performance', state: 2, tried: 431, sentence: 'Dim 7s with a closed top: 41 samples, 61 % right where the rest has 98 %; 6 % of all loss.', severity: { level: 3, share: 0.06, unit: 1 }, effect: EFFECT, pValue: 2e-5, qValue: 0.0041, rows: members, explanations: [
 { source: 'metadata', name: 'source_device', value: 'b', inside: 0.82, outside: 0.11, insideCount: 34, information: 0.41, qValue: 0.0002 },
 { source: 'unit', name: 'conv2:17', value: '0 to 0.2', inside: 0.9, outside: 0.2, insideCount: 37, information: 0.3, qValue: 0.004 }],
 membership: { filter: 'metadata.ink < 0.1 AND true_class = "7"', function: { by: 'conditions' } }, numbers: { misclassifiedNow: 16, epochs: 3 }, remarks: ['Half of the samples have no part in the search.'],
 note: 'look at camera b', change: 2,
 trend: [{ insightId: 'a', runId: IDS.run, epoch: 1, memberCount: 30, difference: 0.2, change: 1 }, { insightId: '01890a5d-ac96-774b-bcce-b302099a8510', runId: IDS.run, epoch: 3, memberCount: 41, difference: 0.37, change: 2 }],
 tables: [{ name: 'by_class', columns: [{ name: 'class', values: ['7', '1'].map(str) }, { name: 'mean_loss', values: [0.912, 0.1].map(num) }] }] };
const COPIES = { kind: 'duplicates', kindTitle: 'Duplicates', subkind: 'shifted-copies', state: 2, tried: 1, groupCount: 20, sentence: '40 samples are 20 pairs of near copies; recall 0.97.', severity: { level: 1, share: 0.0, unit: 2 }, rows: members.slice(0, 40) };
const LONG = { ...ONE, sentence: 'X'.repeat(200) + ' ' + 'a long sentence '.repeat(10), outdated: true, rows: [1, 2], explanations: [], tables: [] };
const search = { state: 5, epoch: 3, sampleCount: 2000, searchedCount: 1500, hintCount: 0, outcomes: [{ kind: 'a', title: 'Low performance', state: 1, tried: 431, found: 0, confirmed: 0, seconds: 1.2 }, { kind: 'b', title: 'Forgotten', state: 2, reason: 'The data have no evaluations of at least two epochs.' }, { kind: 'c', title: 'Leakage', state: 3, fault: { reason: 'X', message: 'no memory' } }], recipe: { seed: 0, q: 0.1 }, remarks: ['The worker holds 1,500 samples.'] };
const browser = await startBrowser();
const shot = async (name, options, path, act, view = { width: 1280, height: 900 }, scheme = 'light') => {
  const platform = await startSyntheticPlatform({ count: 2000, epochs: 3, ...options }, { NOEMA_DRAIN_MS: '100' });
  const shown = await ShownPage.open(browser, platform.url, scheme, view);
  try {
    await shown.signIn(platform.apiKey, path);
    await act?.(shown.page, platform);
    await shown.page.waitForTimeout(2500);
    await shown.page.screenshot({ path: `/tmp/shots/${name}.png`, fullPage: true });
    const faults = await shown.seriousFaults();
    console.log(name, faults.length ? faults : 'ok', shown.complaints, await shown.page.evaluate(() => document.documentElement.scrollWidth - innerWidth));
  } finally { await shown.close(); await platform.close(); }
};
const L = `/projects/${IDS.project}/insights`; const I = (n) => `${L}/01890a5d-ac96-774b-bcce-b302099a85${10 + n}`;
const want = process.argv.slice(2);
const all = {
  one: () => shot('one', { insights: [ONE], insightSearch: search }, I(0)),
  copies: () => shot('copies', { insights: [COPIES], insightSearch: search }, I(0)),
  long: () => shot('long', { insights: [LONG], insightSearch: search }, I(0), undefined, { width: 390, height: 844 }, 'dark'),
  none: () => shot('none', { insights: [], insightSearch: search }, L),
  norun: () => shot('norun', { hasRun: false }, L),
  failed: () => shot('failed', { insights: [ONE], insightSearch: { ...search, state: 6 } }, L),
  missing: () => shot('missing', { insights: [] }, I(0)),
  home: () => shot('home', { insights: [ONE, COPIES, LONG], insightSearch: search }, `/projects/${IDS.project}`),
  audit: () => shot('audit', { insights: [COPIES], insightSearch: search }, I(0) + '?audit=yes'),
  viewer: () => shot('viewer', { role: 'viewer', insights: [ONE], insightSearch: search }, I(0) + '?audit=yes'),
  listlong: () => shot('listlong', { insights: [LONG, ONE], insightSearch: search }, L, undefined, { width: 390, height: 844 }),
};
for (const name of want.length ? want : Object.keys(all)) await all[name]().catch((e) => console.log(name, e.message));
await browser.close();
