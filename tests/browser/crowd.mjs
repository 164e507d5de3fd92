// How fast a real Chromium answers with thousands of stations on the list: crowd.mjs ADDRESS PASSWORD TIMES. Prints
// milliseconds from what a person does to the frame that shows what came of it. Started by tests/bench/dashboard.rs.

import assert from 'node:assert/strict';
import { launch, newPage } from './eyes.mjs';

const [address, password, times] = process.argv.slice(2);
const browser = await launch();
const { page, problems, context, close } = await newPage(browser, { size: 'desktop' });

// The browser's own clock: from the key or the click to the end of the first frame that shows what came of it. That is
// told by a page that is loaded, by what the list's script says, by another page in the place of the list, or by the
// tick itself; what comes by itself every two seconds does none of these.
await context.addInitScript(() => {
  const paint = () => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { globalThis.painted = performance.timeOrigin + performance.now(); };
    port2.postMessage(0);
  });
  for (const kind of ['keydown', 'click']) {
    addEventListener(kind, (event) => {
      sessionStorage.setItem('begun', String(performance.timeOrigin + event.timeStamp));
    }, { capture: true });
  }
  addEventListener('change', ({ target }) => { if (target.type === 'checkbox') paint(); });
  addEventListener('DOMContentLoaded', () => {
    paint();
    for (const id of ['said', 'content']) {
      const place = document.getElementById(id);
      if (place) new MutationObserver(paint).observe(place, { childList: true });
    }
  });
});

async function timed(act) {
  await page.evaluate(() => { globalThis.painted = undefined; });
  await act();
  await page.waitForFunction(() => globalThis.painted);
  return page.evaluate(() => globalThis.painted - Number(sessionStorage.getItem('begun')));
}

await page.goto(`${address}/login`);
await page.locator('#name').fill('anna');
await page.locator('#password').fill(password);
await page.keyboard.press('Enter');
await page.waitForURL(/now/);
await page.goto(`${address}/stations`);

const found = { search: [], sort: [], 'next page': [], tick: [], order: [] };
const rows = page.locator('#rows tr');
for (let turn = 0; turn < Number(times); turn += 1) {
  // The end of few addresses, and the begin of all.
  await page.locator('#q').fill(turn % 2 === 0 ? '05' : '02:00');
  await page.locator('#q').focus();
  found.search.push(await timed(() => page.keyboard.press('Enter')));
  const heads = page.locator('thead button');
  found.sort.push(await timed(async () => heads.nth(turn % await heads.count()).click()));
  const next = page.locator('.pages button').last();
  if (await next.count() > 0) found['next page'].push(await timed(() => next.click()));
  assert.ok(await rows.count() > 0, 'rows are shown');
  found.tick.push(await timed(() => page.locator('#rows input:not(:checked)').first().click()));
  found.order.push(await timed(() => page.locator('#act-some').click()));
  await page.locator('input[name="act"][value="end"]').waitFor({ state: 'attached' });
  await page.goBack();
  await rows.first().waitFor();
}
assert.deepEqual(problems, []);
console.log(JSON.stringify(Object.fromEntries(Object.entries(found).filter(([, waits]) => waits.length > 0))));
await close();
await browser.close();
