// What both browser tests see pages with: Chromium, the pages' own words, axe-core, and where pictures go.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const artifacts = join(here, '..', 'artifacts', 'portal');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const sizes = { small: [320, 480], phone: [390, 844], tablet: [768, 1024], desktop: [1280, 800] };
export const locales = { it: 'it-IT', de: 'de-DE', ar: 'ar-EG' };

// The pages' own words: what must be on a page, in whichever language.
export const words = Object.fromEntries(Object.keys(locales).map((code) => {
  const file = join(here, '..', '..', 'templates', 'locales', code, 'portal.ftl');
  const found = readFileSync(file, 'utf8').matchAll(/^([a-z-]+) = (.+)$/gm);
  return [code, Object.fromEntries(Array.from(found, ([, key, text]) => [key, text]))];
}));

export function launch(more = []) {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
  assert.ok(executablePath, 'Chromium is missing (Debian package chromium)');
  mkdirSync(artifacts, { recursive: true });
  return chromium.launch({
    executablePath,
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more,
    ],
  });
}

// A page of a visitor; `problems` collects what its scripts and its policy complain of.
export async function newPage(browser, options = {}) {
  const [width, height] = sizes[options.size ?? 'phone'];
  const context = await browser.newContext({
    viewport: { width, height },
    locale: options.locale ?? 'it-IT',
    colorScheme: options.scheme ?? 'light',
    javaScriptEnabled: options.javaScript ?? true,
    ignoreHTTPSErrors: true,
  });
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(`script: ${error}`));
  page.on('console', (message) => {
    if (/content security policy|mixed content/i.test(message.text())) problems.push(message.text());
  });
  return { page, problems, context, close: () => context.close() };
}

export const file = (name) => join(artifacts, name);

// No script runs where this is used, so nothing can be waited for there: it is looked at until it is so. A look at a
// frame that is just going elsewhere fails, and is none.
export async function until(told, isSo) {
  for (let look = 0; look < 100; look += 1) {
    if (await isSo().catch(() => false)) return;
    await new Promise((again) => { setTimeout(again, 100); });
  }
  assert.fail(told);
}

// axe runs in the page's own world; the debugger's evaluate is not bound by the page's policy. Where scripts are
// off, timers do not run and nothing is loaded for them: axe waits by promises and does without.
export async function audit(page, name, javaScript = true) {
  if (!javaScript) {
    await page.evaluate(() => {
      globalThis.setTimeout = (work, _delay, ...more) => { Promise.resolve().then(() => work(...more)); };
    });
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate((preload) => globalThis.axe.run(document, {
    preload,
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }), javaScript);
  assert.deepEqual(violations.map((v) => [v.id, v.nodes.map((n) => n.html)]), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} scrolls sideways by ${wide}px`);
}

// The page is in the language that the browser asked for, and runs the way of its script.
export async function inLanguage(page, code, label) {
  assert.equal(await page.getAttribute('html', 'lang'), code, label);
  assert.equal(await page.getAttribute('html', 'dir') ?? 'ltr', code === 'ar' ? 'rtl' : 'ltr', label);
}

// What must be in sight without scrolling.
export async function buttonInSight(page, label) {
  const { height } = page.viewportSize();
  const button = await page.locator('form[action^="/grant"] button').boundingBox();
  assert.ok(button.y + button.height <= height, `${label}: the button ends at ${button.y + button.height}px of ${height}`);
  assert.ok(button.height >= 44, `${label}: the button is large enough for a thumb`);
}
