// How fast a real Chromium answers with thousands of stations on the list: crowd.mjs ADDRESS PASSWORD TIMES. Prints
// milliseconds from what a person does to the frame that shows what came of it. Started by tests/bench/dashboard.rs.

import assert from 'node:assert/strict';
import { launch, newPage } from './eyes.mjs';

const [address, password, times] = process.argv.slice(2);
const browser = await launch();
const { page, problems, context, close } = await newPage(browser, { size: 'desktop' });

// The browser's own clock: from the key or the click to the end of the first frame of the page that follows.
await context.addInitScript(() => {
  for (const kind of ['keydown', 'click']) {
    addEventListener(kind, (event) => {
      sessionStorage.setItem('begun', String(performance.timeOrigin + event.timeStamp));
    }, { capture: true });
  }
  addEventListener('DOMContentLoaded', () => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { globalThis.painted = performance.timeOrigin + performance.now(); };
    port2.postMessage(0);
  }));
});

async function timed(act) {
  await page.evaluate(() => { globalThis.isOld = true; });
  await act();
  await page.waitForFunction(() => !globalThis.isOld && globalThis.painted);
  assert.ok(await page.locator('#rows tr').count() > 0, 'rows are shown');
  return page.evaluate(() => globalThis.painted - Number(sessionStorage.getItem('begun')));
}

await page.goto(`${address}/login`);
await page.locator('#name').fill('anna');
await page.locator('#password').fill(password);
await page.keyboard.press('Enter');
await page.waitForURL(/now/);
await page.goto(`${address}/stations`);

const found = { search: [], sort: [], 'next page': [] };
for (let turn = 0; turn < Number(times); turn += 1) {
  // The end of few addresses, and the begin of all.
  await page.locator('#q').fill(turn % 2 === 0 ? '05' : '02:00');
  await page.locator('#q').focus();
  found.search.push(await timed(() => page.keyboard.press('Enter')));
  const heads = page.locator('thead button');
  found.sort.push(await timed(async () => heads.nth(turn % await heads.count()).click()));
  const next = page.locator('.pages button').last();
  if (await next.count() > 0) found['next page'].push(await timed(() => next.click()));
}
assert.deepEqual(problems, []);
console.log(JSON.stringify(Object.fromEntries(Object.entries(found).filter(([, waits]) => waits.length > 0))));
await close();
await browser.close();
