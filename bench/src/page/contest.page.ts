import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';

/** A page with the contest's script; `more` is another script that is run first. */
export async function openContest(browser: Browser, more?: string): Promise<Page> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('contest.js', import.meta.url))],
    bundle: true,
    format: 'iife',
    write: false,
    target: 'es2022',
    minify: true,
  });
  const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
  await page.setContent('<body style="margin:0"></body>');
  if (more !== undefined) await page.addScriptTag({ content: more });
  await page.addScriptTag({ content: bundle.outputFiles[0]!.text });
  return page;
}

/** Name of the card that draws. */
export function readCard(page: Page): Promise<string> {
  return page.evaluate(() => {
    const gl = document.createElement('canvas').getContext('webgl2')!;
    return String(gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info')!.UNMASKED_RENDERER_WEBGL));
  });
}
